"""Typing, moving and pasting, at three widths."""

import unittest

from terminal import Terminal

WIDTHS = (40, 80, 200)


def at_all_widths(test):
    """Runs a test on a fresh prompt of every width."""

    def run(self):
        for columns in WIDTHS:
            with self.subTest(columns=columns), Terminal(columns) as terminal:
                test(self, terminal)

    run.__name__ = test.__name__
    return run


class Editing(unittest.TestCase):
    @at_all_widths
    def test_a_value_is_shown(self, terminal):
        terminal.run("6 * 7")
        self.assertEqual(terminal.lines()[-3:], ["easel 1> 6 * 7", "42", "easel 2>"])

    @at_all_widths
    def test_a_line_inside_a_block_is_changed(self, terminal):
        terminal.type("a = [10,\r20,\r30")
        terminal.type("\x1b[A\x1b[F\x7f\x7f5,")  # to the end of the line above: 20, becomes 25,
        terminal.type("\x1b[A\x1b[F\x7f5,")  # to the first line: 10, becomes 105,
        terminal.type("\x1b[B\x1b[B\x1b[F")
        terminal.run("]")
        terminal.run("a")
        self.assertIn("[105, 25, 30]", terminal.lines())

    @at_all_widths
    def test_a_line_is_put_into_the_middle_of_a_block(self, terminal):
        terminal.type("a = [1,\r3]")
        terminal.type("\x1b[A\x1b[F\x1b\r2,")  # Alt-Enter always starts a line
        terminal.run("")
        terminal.run("a")
        self.assertIn("[1, 2, 3]", terminal.lines())

    @at_all_widths
    def test_what_is_typed_into_the_middle_pushes_the_rest(self, terminal):
        terminal.type("ac\x1b[Db")
        self.assertEqual(terminal.lines()[-1], "easel 1> abc")
        self.assertEqual(terminal.screen.cursor.x, len("easel 1> ab"))

    @at_all_widths
    def test_a_line_longer_than_the_screen_is_broken_and_edited(self, terminal):
        text = "x = " + "+".join(str(n) for n in range(1, 80))
        terminal.type(text)
        self.assertIn(text.replace(" ", ""), terminal.joined())
        terminal.type("\x1b[D" * 3 + "+1000")
        terminal.run("")
        terminal.run("x")
        self.assertIn(str(sum(range(1, 80)) + 1000), terminal.lines())

    @at_all_widths
    def test_wide_characters_and_accents_take_their_room(self, terminal):
        terminal.type('"漢字é"\x1b[D')
        self.assertTrue(terminal.lines()[-1].replace(" ", "").endswith('"漢字é"'))
        self.assertEqual(terminal.screen.cursor.x, len("easel 1> ") + 6)
        terminal.run("")
        self.assertIn('"漢字é"', [line.replace("字 ", "字").replace("漢 ", "漢") for line in terminal.lines()])

    @at_all_widths
    def test_an_empty_line_gives_a_prompt(self, terminal):
        terminal.type("\r")
        self.assertEqual(terminal.lines()[-1], "easel 1>")

    def test_unicode_under_any_locale(self):
        for locale in ({"LANG": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "nowhere.ISO-8859-1"}, {}):
            with self.subTest(locale=locale), Terminal(80, **locale) as terminal:
                terminal.run('"λ → ü".count')
                self.assertIn("5", terminal.lines())


class Pasting(unittest.TestCase):
    @at_all_widths
    def test_a_paste_is_one_block_that_does_not_run(self, terminal):
        terminal.paste("a = 1\nb = 2\nprint(a + b)")
        self.assertIn("print(a + b)", terminal.text())
        self.assertNotIn("\n3\n", terminal.text())
        terminal.run("")
        self.assertIn("3", terminal.lines())
        terminal.type("\x1b[A")
        self.assertEqual(
            [line.strip() for line in terminal.lines()[-3:]], ["easel 2> a = 1", "b = 2", "print(a + b)"])

    @at_all_widths
    def test_3000_characters_arrive_whole(self, terminal):
        text = 'text = "' + "".join(chr(97 + n % 26) for n in range(3000)) + '"'
        terminal.paste(text)
        terminal.run("")
        terminal.run("text.count")
        self.assertIn("3000", terminal.lines())

    @at_all_widths
    def test_a_paste_of_many_lines_that_is_taller_than_the_screen_runs(self, terminal):
        terminal.paste("\n".join(["total = 0"] + [f"total = total + {n}" for n in range(60)] + ["total"]))
        terminal.run("")
        self.assertIn(str(sum(range(60))), terminal.lines())


class UnknownKeys(unittest.TestCase):
    @at_all_widths
    def test_they_leave_nothing_behind(self, terminal):
        for key in (
            "\x1b[5~", "\x1b[6~", "\x1b[15~", "\x1b[24~", "\x1b[1;2P", "\x1b[97;5u", "\x1b[?62;4c", "\x1b[I",
            "\x1bP1$r0m\x1b\\", "\x1b_Gi=31;OK\x1b\\", "\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1b[200;3~",
        ):
            terminal.type(key)
        terminal.type("1 + 1")
        self.assertEqual(terminal.lines()[-1], "easel 1> 1 + 1")


class Resizing(unittest.TestCase):
    def test_a_block_is_drawn_anew_at_every_width(self):
        with Terminal(80) as terminal:
            terminal.run("1")
            text = "numbers = [" + ", ".join(str(n) for n in range(100, 130))
            terminal.type(text)
            for columns in (200, 60, 40, 120, 80):
                terminal.resize(columns)
                self.assertIn(text.replace(" ", ""), terminal.joined(), f"{columns} columns\n{terminal.picture()}")
                self.assertEqual(terminal.text().count("easel 2>"), 1, terminal.picture())
            terminal.run("]")
            terminal.run("sum(numbers)")
            self.assertIn(str(sum(range(100, 130))), terminal.lines())

    def test_what_stood_above_stays(self):
        with Terminal(80) as terminal:
            terminal.run('print("above")')
            terminal.type("short")
            terminal.resize(40)
            terminal.resize(100)
            self.assertEqual(terminal.lines()[-2:], ["above", "easel 2> short"])


if __name__ == "__main__":
    unittest.main()
