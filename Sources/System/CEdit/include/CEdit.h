// A thin border around libedit: its variadic calls, its callbacks, and the process's signals, for Swift.
//
// libedit keeps the text, reads through our reader and dispatches keys. What it draws goes nowhere: its display knows
// neither colours nor lines below the text, and garbles both; we draw.
//
// libedit keeps global state, so one editor a process, used from the main thread and never freed: ending it would
// flush what the user has typed ahead. Texts are UTF-32, ended by 0; a text handed out stays valid until the
// next call. All text handed in is copied.
#pragma once

#include <stdint.h>
#include <wchar.h>

typedef struct cedit_editor cedit_editor;

/// Reads one character: 1 read, 0 at the end of input, -1 interrupted.
typedef int (*cedit_reader)(void *context, wchar_t *character);
/// Answers a bound key: a CEDIT_… result.
typedef int (*cedit_command)(void *context, wchar_t key);

enum { CEDIT_DONE = 0, CEDIT_END = 2, CEDIT_REFRESH = 4, CEDIT_MOVED = 5, CEDIT_BEEP = 6, CEDIT_REDRAW = 8 };

/// Starts the editor on the standard streams, in the user's locale or else in C.UTF-8, since libedit drops every
/// byte that the locale cannot decode. NULL if it cannot.
cedit_editor *cedit_make(const char *program, void *context, cedit_reader reader, cedit_command command);
/// Binds keys to the command of the caller, or to one of libedit's by its name. 0, or -1 if there is no such.
int cedit_bind(cedit_editor *editor, const wchar_t *keys, const wchar_t *name);
/// Reads a line. NULL at the end of input or when the reader was interrupted.
const wchar_t *cedit_read(cedit_editor *editor, int *count);
/// The text in the buffer so far, with the cursor's offset.
const wchar_t *cedit_text(cedit_editor *editor, int *count, int *cursor);
/// Inserts at the cursor. 0, or -1 if it does not fit.
int cedit_insert(cedit_editor *editor, const wchar_t *text);
/// Deletes that many characters before the cursor.
void cedit_delete(cedit_editor *editor, int count);
/// Moves the cursor by that many characters, within the text.
void cedit_move(cedit_editor *editor, int by);
/// Makes these characters the next ones read.
void cedit_push(cedit_editor *editor, const wchar_t *text);
/// Takes the terminal out of line mode, or back into it as it was.
void cedit_raw(cedit_editor *editor, int on);
/// Line mode without echo, for while no line is read: keys typed ahead must not stand among what is printed.
void cedit_quiet(void);
/// Makes the terminal as it was before the editor was made. May be called from a signal handler.
void cedit_restore(void);
/// The columns that a character takes; negative for one that is not printed.
int cedit_width(wchar_t character);

/// Calls the handler for a signal, from then on. It runs inside the signal: no allocation, no locks. System calls
/// that were waiting return EINTR. 0, or -1.
int cedit_on_signal(int signal, void *context, void (*handler)(void *context, int signal));
/// Runs a program on a new pseudo-terminal of the given size. The process, or -1; *terminal is its other end.
int cedit_spawn(const char *path, char *const arguments[], int rows, int columns, int *terminal);
