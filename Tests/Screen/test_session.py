"""History, colour, Ctrl-C and leaving, at three widths."""

import json
import os
import signal
import subprocess
import tempfile
import unittest

from terminal import BINARY, Terminal
from test_editing import at_all_widths


class Histories(unittest.TestCase):
    @at_all_widths
    def test_up_brings_blocks_back_whole_and_down_what_was_typed(self, terminal):
        terminal.run("a = 1")
        terminal.type("func f(x) {\rx + 1\r}\r")
        terminal.wait_for_prompt(3)
        terminal.type("\x1b[A")
        self.assertEqual([line.strip() for line in terminal.lines()[-3:]], ["easel 3> func f(x) {", "x + 1", "}"])
        terminal.type("\x1b[A" * 3)
        self.assertEqual(terminal.lines()[-1], "easel 3> a = 1")
        terminal.type("\x1b[B" * 4)
        self.assertEqual(terminal.lines()[-1], "easel 3>")

    @at_all_widths
    def test_up_goes_through_what_begins_as_typed(self, terminal):
        for line in ("print(1)", "b = 2", "print(3)", "c = 4"):
            terminal.run(line)
        terminal.type("pr\x1b[A")
        self.assertEqual(terminal.lines()[-1], "easel 5> print(3)")
        terminal.type("\x1b[A")
        self.assertEqual(terminal.lines()[-1], "easel 5> print(1)")
        terminal.type("\x1b[B\x1b[B")
        self.assertEqual(terminal.lines()[-1], "easel 5> pr")

    @at_all_widths
    def test_a_line_of_1500_characters_survives_up_and_down(self, terminal):
        text = 'long = "' + "".join(chr(97 + n % 26) for n in range(1500)) + '"'
        terminal.paste(text)
        terminal.run("")
        terminal.run("1")
        terminal.type("\x1b[A\x1b[A")
        terminal.type("\x1b[B\x1b[B")
        self.assertEqual(terminal.lines()[-1], "easel 3>")
        terminal.type("\x1b[A\x1b[A")
        terminal.run("")
        terminal.run("long.count")
        self.assertIn("1500", terminal.lines())

    def test_sessions_at_once_share_a_file_and_lose_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "history.jsonl")
            with Terminal(80, history=path) as one, Terminal(80, history=path) as other:
                one.run("first = 1")
                other.run("second = 2")
                one.run("third = 3")
            with open(path) as file:
                self.assertEqual(
                    [json.loads(line)["text"] for line in file], ["first = 1", "second = 2", "third = 3"])
            with Terminal(80, history=path) as later:
                later.type("\x1b[A\x1b[A")
                self.assertEqual(later.lines()[-1], "easel 1> second = 2")


    @at_all_widths
    def test_ctrl_r_finds_what_contains_the_letters_as_they_stand(self, terminal):
        for line in ("a = [1]", "b = a[0]", "c = 3", "a == [1]"):
            terminal.run(line)
        terminal.type("typed\x12a[")
        self.assertEqual(terminal.lines()[-2], "easel 5> b = a[0]")
        self.assertTrue(terminal.lines()[-1].startswith("search: a[  1 of 1"))
        terminal.type("\x7f")
        self.assertEqual(terminal.lines()[-2], "easel 5> a == [1]")
        terminal.type("\x12\x12")
        self.assertEqual(terminal.lines()[-2], "easel 5> a = [1]")
        terminal.type("\x1b")
        terminal.settle(0.2)
        self.assertEqual(terminal.lines()[-1], "easel 5> typed")
        terminal.type("\x15\x12a[")
        terminal.run("")  # Enter runs what was found
        self.assertEqual(terminal.lines()[-2:], ["easel 5> b = a[0]", "easel 6>"])
        terminal.run("b")
        self.assertIn("1", terminal.lines())


class Interrupts(unittest.TestCase):
    @at_all_widths
    def test_ctrl_c_leaves_the_text_readable_and_in_the_history(self, terminal):
        terminal.type("numbers = [1,\r2,")
        terminal.wait_for("2,")
        terminal.type("\x03")
        terminal.wait_for("^C")
        terminal.wait_for_prompt(1)
        self.assertEqual(
            [line.strip() for line in terminal.lines()[-3:]], ["easel 1> numbers = [1,", "2,^C", "easel 1>"])
        terminal.type("\x1b[A")
        self.assertEqual([line.strip() for line in terminal.lines()[-2:]], ["easel 1> numbers = [1,", "2,"])

    @at_all_widths
    def test_ctrl_c_ends_an_endless_loop(self, terminal):
        terminal.child.send('n = 0\rwhile true { n = n + 1; if n == 1000 { print("go") } }\r')
        terminal.wait_for("\ngo")
        terminal.child.send("\x03")
        terminal.wait_for("E309")
        terminal.wait_for_prompt(3)

    def end_of(self, terminal):
        """The exit status, after Easel has ended."""
        terminal.wait(lambda: not terminal.child.isalive(), "the end")
        return terminal.child.exitstatus

    def test_ctrl_d_leaves_with_0(self):
        with Terminal(80) as terminal:
            terminal.child.send("\x04")
            self.assertEqual(self.end_of(terminal), 0)

    def test_the_third_ctrl_c_leaves_with_130(self):
        with Terminal(100) as terminal:
            terminal.run('world = shapes(); model = janus("tiny")')
            terminal.run("t = finetune(model, data: world.dataset(512), batch: 512)")
            terminal.child.send("t.run(steps: 500)\r")
            terminal.settle(1)  # Now it is inside a step, which takes long with so many examples.
            for _ in range(3):
                terminal.child.send("\x03")
                terminal.settle(0.05)
            self.assertEqual(self.end_of(terminal), 130)
            for text in ("Finishing this step", "Abandoning this step", "Leaving"):
                self.assertIn(text, terminal.text())

    def test_sigterm_at_the_prompt_leaves_with_130(self):
        with Terminal(80) as terminal:
            terminal.type("unfinished")
            os.kill(terminal.child.pid, signal.SIGTERM)
            self.assertEqual(self.end_of(terminal), 130)

    def test_after_a_pause_the_line_is_drawn_again(self):
        with Terminal(80) as terminal:
            terminal.type("ab")
            os.kill(terminal.child.pid, signal.SIGSTOP)
            os.kill(terminal.child.pid, signal.SIGCONT)
            terminal.settle()
            terminal.type("c")
            self.assertEqual(terminal.lines()[-1], "easel 1> abc")


class Colours(unittest.TestCase):
    def test_the_prompt_is_coloured(self):
        with Terminal(80) as terminal:
            self.assertEqual(terminal.colour(terminal.row_of("easel 1>"), 0), "blue")

    def test_parts_of_the_language_have_colours_while_they_are_typed(self):
        with Terminal(80) as terminal:
            terminal.type('if x(lr: 2) { "t \\(y)" } # why')
            row, start = terminal.row_of("easel 1>"), len("easel 1> ")
            line = terminal.screen.display[row]
            expected = {"if": "magenta", "x(": "blue", "lr": "brown", "2)": "cyan", '"t': "green", "y)": "default",
                        "# why": "brightblack"}
            for text, colour in expected.items():
                self.assertEqual(terminal.colour(row, line.index(text, start)), colour, text)

    def test_the_bracket_at_the_cursor_and_its_partner_stand_out(self):
        with Terminal(80) as terminal:
            terminal.type('f([1, ")"])')
            row, start = terminal.row_of("easel 1>"), len("easel 1> ")
            marked = [place - start for place in range(start, 30) if terminal.screen.buffer[row][place].underscore]
            self.assertEqual(marked, [1, 10])
            terminal.type("\x1b[D")
            marked = [place - start for place in range(start, 30) if terminal.screen.buffer[row][place].underscore]
            self.assertEqual(marked, [2, 9])

    def test_a_mistake_is_underlined_when_more_text_cannot_mend_it(self):
        with Terminal(80) as terminal:
            terminal.type("a = ) + 1")
            row = terminal.row_of("easel 1>")
            self.assertTrue(terminal.screen.buffer[row][len("easel 1> a = ")].underscore)
            terminal.type("\x15a = (1 +")
            self.assertFalse(any(terminal.screen.buffer[row][place].underscore for place in range(9, 16)))

    def test_no_color_is_honoured(self):
        with Terminal(80, NO_COLOR="1") as terminal:
            terminal.type('for x in [1, "two"] { print(x) }\r')
            colours = {cell.fg for row in terminal.screen.buffer.values() for cell in row.values()}
            self.assertEqual(colours, {"default"})


class Editors(unittest.TestCase):
    def test_the_block_opens_in_the_users_editor_and_comes_back_without_running(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "editor")
            with open(script, "w") as file:
                file.write("#!/bin/sh\nsed -i s/one/two/ \"$1\"\necho b >> \"$1\"\n")
            os.chmod(script, 0o755)
            with Terminal(80, EDITOR=script) as terminal:
                terminal.type('a = "one"\x18\x05')
                terminal.settle(0.3)
                self.assertEqual(terminal.lines()[-2:], ['easel 1> a = "two"', "         b"])

    def test_undo_kill_and_yank(self):
        with Terminal(80) as terminal:
            terminal.type("alpha beta\x17")
            self.assertEqual(terminal.lines()[-1], "easel 1> alpha")
            terminal.type("\x01\x19")
            self.assertEqual(terminal.lines()[-1], "easel 1> betaalpha")
            terminal.type("\x1f\x1f")
            self.assertEqual(terminal.lines()[-1], "easel 1> alpha beta")


class NoTerminal(unittest.TestCase):
    def run_easel(self, text, **environment):
        with tempfile.TemporaryDirectory() as folder:
            variables = {"PATH": os.environ["PATH"], "HOME": folder, "EASEL_HISTORY": "", **environment}
            return subprocess.run(
                [os.path.abspath(BINARY)], input=text, capture_output=True, text=True, cwd=folder, env=variables,
                timeout=30)

    def test_standard_input_from_a_pipe_is_read_without_prompt_and_escapes(self):
        result = self.run_easel('x = [1,\n2]\nsum(x)\nprint("é")\n')
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "3\né\n", ""))

    def test_standard_output_to_a_pipe_has_no_prompt_and_no_escapes(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out")
            with Terminal(80) as terminal:
                pass
            status = os.system(f"cd {folder} && printf '20 + 22\\n' | script -qec '{os.path.abspath(BINARY)} > {path}' /dev/null > /dev/null")
            self.assertEqual(status, 0)
            with open(path) as file:
                self.assertEqual(file.read(), "42\n")


if __name__ == "__main__":
    unittest.main()
