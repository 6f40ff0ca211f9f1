"""The prompt of the built binary on a terminal that is emulated, so that tests see what a user sees."""

import os
import re
import shutil
import tempfile
import time

import pexpect
import pyte

BINARY = os.environ.get("EASEL_BINARY", ".build/release/easel")
# Strings for the terminal itself (graphics, queries), which pyte would print.
DEVICE_STRING = re.compile(rb"\x1b[P_^].*?\x1b\\", re.DOTALL)


class Emulator(pyte.Screen):
    """A screen that answers the questions that a terminal answers."""

    def __init__(self, columns, rows, answer):
        super().__init__(columns, rows)
        self.answer = answer

    def write_process_input(self, data):
        self.answer(data)


class Terminal:
    """Easel's prompt on a screen of some size."""

    def __init__(self, columns, rows=24, history=None, arguments=(), folder=None, replies=None, **environment):
        """replies: what the terminal says to the question about graphics, besides what kind of terminal it is."""
        self.replies = replies
        self.folder = tempfile.mkdtemp(prefix="easel-screen-")
        self.history = history or os.path.join(self.folder, "history.jsonl")
        variables = {
            "TERM": "xterm-256color", "HOME": self.folder, "PATH": os.environ["PATH"], "EASEL_HISTORY": self.history,
            **environment,
        }
        self.child = pexpect.spawn(
            os.path.abspath(BINARY), list(arguments), dimensions=(rows, columns), cwd=folder or self.folder,
            env={name: value for name, value in variables.items() if value is not None})
        self.child.delaybeforesend = None
        self.screen = Emulator(columns, rows, self._answer)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.strings = []
        self._pending = b""

    def __enter__(self):
        self.wait_for_prompt(1)
        return self

    def __exit__(self, *_):
        self.child.close(force=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answer(self, data):
        try:
            self.child.send(data)
        except OSError:
            pass

    def _feed(self, data):
        self.raw += data
        data = self._pending + data
        self.strings += DEVICE_STRING.findall(data)
        if self.replies and b"\x1b_Gi=31" in data:
            self._answer(self.replies)
            self.replies = None
        data = DEVICE_STRING.sub(b"", data)
        # What may be the start of a string waits for its end.
        cut = max(data.rfind(b"\x1b_"), data.rfind(b"\x1bP"), data.rfind(b"\x1b^"))
        if cut < 0 and data.endswith(b"\x1b"):
            cut = len(data) - 1
        self._pending = data[cut:] if cut >= 0 else b""
        self.stream.feed(data[:cut] if cut >= 0 else data)

    def settle(self, silence=0.08, timeout=10):
        """Reads until nothing has come for a while."""
        end = time.time() + timeout
        while time.time() < end:
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=silence))
            except pexpect.TIMEOUT:
                return
            except pexpect.EOF:
                return

    def wait(self, holds, what, timeout=8):
        """Reads until something holds of the screen."""
        end = time.time() + timeout
        while not holds():
            if time.time() > end:
                raise AssertionError(f"{what} did not come; the screen is\n{self.picture()}")
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=0.05))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                if holds():
                    return
                raise AssertionError(f"Easel ended before {what}; the screen is\n{self.picture()}")

    def wait_for(self, text):
        """Waits until a text stands on the screen."""
        self.wait(lambda: text in self.text(), repr(text))

    def wait_for_prompt(self, number):
        """Waits until the prompt with a number stands on the screen, the cursor behind it."""
        start = f"easel {number}> "
        self.wait(lambda: self.screen.display[self.screen.cursor.y].startswith(start), repr(start))
        self.number = number
        self.settle(0.03)

    def type(self, keys):
        """Types, and waits until all of it was answered."""
        self.child.send(keys)
        self.settle()

    def run(self, line):
        """Types a line and Enter, and waits for the next prompt."""
        self.type(line + "\r")
        self.wait_for_prompt(self.number + 1)

    def paste(self, text):
        """Pastes, as terminals do that were asked to bracket it."""
        self.type("\x1b[200~" + text + "\x1b[201~")

    def resize(self, columns, rows=24):
        """Changes the terminal's size."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)
        self.settle()

    def lines(self):
        """The rows that are not empty, without blanks at their ends."""
        return [row.rstrip() for row in self.screen.display if row.strip()]

    def text(self):
        """All rows, one a line."""
        return "\n".join(row.rstrip() for row in self.screen.display)

    def joined(self):
        """All rows run together, as one line that was broken at the edge."""
        return "".join(self.screen.display).replace(" ", "")

    def colour(self, row, column):
        """The colour of a cell."""
        return self.screen.buffer[row][column].fg

    def row_of(self, text):
        """The number of the last row with a text."""
        return max(number for number, row in enumerate(self.screen.display) if text in row)

    def picture(self):
        """The screen for a message."""
        rows = [f"|{row}|" for row in self.screen.display]
        return "\n".join(rows) + f"\ncursor at row {self.screen.cursor.y}, column {self.screen.cursor.x}"
