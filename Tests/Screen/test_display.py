"""Pictures, tables, progress and the prompt's own commands, as they appear."""

import os
import re
import tempfile
import unittest

from terminal import Terminal
from test_editing import at_all_widths

DRAW = 'shapes().draw("a photo of a red circle", seed: 1)'


class Pictures(unittest.TestCase):
    def test_half_blocks_where_the_terminal_knows_nothing_finer(self):
        with Terminal(80, rows=50, COLORTERM="truecolor") as terminal:
            terminal.run(DRAW)
            rows = [row for row in terminal.screen.display if "▀" in row]
            self.assertEqual([len(row.rstrip()) for row in rows], [64] * 32)
            colours = {cell.fg for row in terminal.screen.buffer.values() for cell in row.values() if cell.data == "▀"}
            self.assertIn("c4c8cc", colours)  # the background of the world
            self.assertTrue(any(int(c[:2], 16) > 200 and int(c[2:4], 16) < 80 for c in colours if c != "default"))

    def test_kitty_and_sixel_are_used_when_the_terminal_answers_so(self):
        for replies, start in (("\x1b_Gi=31;OK\x1b\\", b"\x1b_Ga=T,f=100,"), ("\x1b[?62;4c", b'\x1bPq"1;1;256;256')):
            with self.subTest(replies=replies), Terminal(100, replies=replies) as terminal:
                terminal.run(DRAW)
                self.assertTrue(any(string.startswith(start) for string in terminal.strings), terminal.strings)
                self.assertIn("picture of 64×64 pixels", terminal.text())
                self.assertNotIn("▀", terminal.text())

    def test_a_late_answer_is_not_typed(self):
        with Terminal(80) as terminal:
            terminal.type("1 + ")
            terminal.type("\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.35)\x1b\\\x1b[6;20;10t\x1b[?62;4c")
            terminal.type("1")
            self.assertEqual(terminal.lines()[-1], "easel 1> 1 + 1")

    def test_no_picture_without_colour_or_answer(self):
        with Terminal(80, NO_COLOR="1") as terminal:
            terminal.run(DRAW)
            self.assertNotIn("▀", terminal.text())


class Tables(unittest.TestCase):
    @at_all_widths
    def test_a_table_fits_and_says_what_was_cut(self, terminal):
        fields = ", ".join(f"column_{n}: {n}.123456" for n in range(12))
        terminal.run(f"table([({fields})])")
        width = terminal.screen.columns
        picture = terminal.text()
        self.assertIn("column_0", picture)
        if width == 200:
            self.assertNotIn("more column", picture)
            self.assertIn("11.12", picture)
        else:
            self.assertIn("more columns: column_", picture)
        header = next(row for row in terminal.lines() if row.startswith("column_0 "))
        self.assertLessEqual(len(header), width)


class Progress(unittest.TestCase):
    def test_a_trainer_shows_its_steps_and_a_stop_says_how_to_go_on(self):
        with tempfile.TemporaryDirectory() as folder, Terminal(120, folder=folder) as terminal:
            terminal.run('world = shapes(); model = janus("tiny")')
            terminal.run("t = finetune(model, data: world.dataset(64), batch: 2)")
            terminal.child.send("t.run(steps: 500)\r")
            terminal.wait(lambda: re.search(r"finetune  \d+/500  [▁-█]+  loss \d", terminal.text()), "the progress line")
            terminal.wait(lambda: " left" in terminal.text(), "the time left")
            terminal.child.send("\x03")
            terminal.wait_for("Finishing this step")
            terminal.wait_for("resume() goes on from here")
            terminal.wait_for_prompt(4)
            self.assertIn("(end: ", terminal.text())
            terminal.run("t")
            picture = terminal.text()
            self.assertRegex(picture, r"finetune after \d+ steps")
            self.assertIn("trains janus model 'tiny'", picture)
            self.assertRegex(picture, r"weights, gradients and moments [\d.]+ MiB")

    def test_keys_typed_while_a_cell_runs_are_not_echoed_but_kept(self):
        with Terminal(80) as terminal:
            terminal.child.send("n = 0\r")
            terminal.wait_for_prompt(2)
            terminal.child.send('print("go"); for i in 0..<300000 { n = n + 1 }\r')
            terminal.wait_for("\ngo")
            terminal.child.send("40 + 2")
            terminal.wait_for_prompt(3)
            terminal.wait_for("easel 3> 40 + 2")
            self.assertEqual(terminal.text().count("40 + 2"), 1)


class Commands(unittest.TestCase):
    def test_results_have_numbers(self):
        with Terminal(80) as terminal:
            terminal.run("6 * 7")
            terminal.run("a = 1")
            terminal.run("_1 + a")
            self.assertIn("43", terminal.lines())

    def test_vars_undo_time_and_save(self):
        with tempfile.TemporaryDirectory() as folder, Terminal(80, folder=folder) as terminal:
            for line in ("a = 1 / 3", "b = 2", "a = 5", "c = a + b", "b = 7"):
                terminal.run(line)
            terminal.type(":vars\r")
            terminal.wait_for("c  7")
            terminal.type(":undo\r")
            terminal.wait_for("cell 5 undone: as before: b")
            terminal.type(":time sum(0..<1000)\r")
            terminal.wait_for("of processor time")
            self.assertIn("499500", terminal.text())
            terminal.type(":time for i in 0..<2 {\rprint(i)\r}\r")
            terminal.wait_for("\n1\n")
            terminal.type(":save study.easel c\r")
            terminal.wait_for("3 of 6 cells are in 'study.easel'")
            with open(os.path.join(folder, "study.easel")) as file:
                self.assertEqual(file.read(), "# %%\nb = 2\n\n# %%\na = 5\n\n# %%\nc = a + b\n")
            terminal.type(":sa\t")
            self.assertEqual(terminal.lines()[-1], "easel 8> :save")
            terminal.type("\x15:nothing\r")
            terminal.wait_for("there is no command ':nothing'")

    def test_doctor_knows_the_terminal(self):
        with Terminal(120, rows=40, replies="\x1b_Gi=31;OK\x1b\\") as terminal:
            terminal.type(":doctor\r")
            terminal.wait_for("120×40, pictures by kitty's protocol")


if __name__ == "__main__":
    unittest.main()
