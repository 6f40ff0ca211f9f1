#define _GNU_SOURCE
#include "CEdit.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct cedit_editor {
  EditLine *line;
  void *context;
  cedit_reader reader;
  cedit_command command;
};

/// How the terminal was when the process began.
static struct termios original;
static int has_original;

static cedit_editor *owner(EditLine *line) {
  void *data = NULL;
  el_wget(line, EL_CLIENTDATA, &data);
  return data;
}

static int read_character(EditLine *line, wchar_t *character) {
  cedit_editor *editor = owner(line);
  return editor->reader(editor->context, character);
}

static unsigned char run_command(EditLine *line, wint_t key) {
  cedit_editor *editor = owner(line);
  return (unsigned char)editor->command(editor->context, (wchar_t)key);
}

static wchar_t *no_prompt(EditLine *line) {
  (void)line;
  return L"";
}

static void take_locale(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

static void set_locale(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, take_locale);
}

cedit_editor *cedit_make(const char *program, void *context, cedit_reader reader, cedit_command command) {
  set_locale();
  cedit_editor *editor = calloc(1, sizeof *editor);
  if (!editor) return NULL;
  *editor = (cedit_editor){.context = context, .reader = reader, .command = command};
  has_original = tcgetattr(STDIN_FILENO, &original) == 0;
  FILE *nowhere = fopen("/dev/null", "w");
  if (nowhere) {
    editor->line = el_init_fd(program, stdin, nowhere, nowhere, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
  }
  if (!editor->line) {
    if (nowhere) fclose(nowhere);
    free(editor);
    return NULL;
  }
  el_wset(editor->line, EL_CLIENTDATA, editor);
  el_wset(editor->line, EL_EDITOR, L"emacs");
  // With EL_SIGNAL on, libedit sends what it catches to the whole process group, children included.
  el_wset(editor->line, EL_SIGNAL, 0);
  // The wide prompt: a narrow one that the locale cannot decode makes libedit follow a null pointer.
  el_wset(editor->line, EL_PROMPT, no_prompt);
  el_wset(editor->line, EL_GETCFN, read_character);
  // A function must be known before a key is bound to it.
  el_wset(editor->line, EL_ADDFN, L"easel", L"Easel's own command", run_command);
  return editor;
}

int cedit_bind(cedit_editor *editor, const wchar_t *keys, const wchar_t *name) {
  return el_wset(editor->line, EL_BIND, keys, name ? name : L"easel", NULL);
}

const wchar_t *cedit_read(cedit_editor *editor, int *count) {
  *count = 0;
  const wchar_t *text = el_wgets(editor->line, count);
  return *count > 0 ? text : NULL;
}

const wchar_t *cedit_text(cedit_editor *editor, int *count, int *cursor) {
  const LineInfoW *line = el_wline(editor->line);
  *count = (int)(line->lastchar - line->buffer);
  *cursor = (int)(line->cursor - line->buffer);
  return line->buffer;
}

int cedit_insert(cedit_editor *editor, const wchar_t *text) { return el_winsertstr(editor->line, text); }

void cedit_delete(cedit_editor *editor, int count) { el_wdeletestr(editor->line, count); }

void cedit_move(cedit_editor *editor, int by) { el_cursor(editor->line, by); }

void cedit_push(cedit_editor *editor, const wchar_t *text) { el_wpush(editor->line, text); }

void cedit_raw(cedit_editor *editor, int on) { el_wset(editor->line, EL_PREP_TERM, on); }

void cedit_quiet(void) {
  struct termios quiet = original;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  if (has_original) tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
}

void cedit_restore(void) {
  if (has_original) tcsetattr(STDIN_FILENO, TCSADRAIN, &original);
}

int cedit_width(wchar_t character) {
  set_locale();
  return wcwidth(character);
}

static void *signal_context[NSIG];
static void (*signal_handler[NSIG])(void *, int);

static void answer_signal(int number) {
  int kept = errno;
  signal_handler[number](signal_context[number], number);
  errno = kept;
}

int cedit_on_signal(int number, void *context, void (*handler)(void *, int)) {
  if (number <= 0 || number >= NSIG) return -1;
  signal_context[number] = context;
  signal_handler[number] = handler;
  struct sigaction action = {.sa_handler = answer_signal};  // no SA_RESTART: a waiting prompt must notice
  sigemptyset(&action.sa_mask);
  if (sigaction(number, &action, NULL) != 0) return -1;
  // A process that another one's helper thread has started begins with all signals blocked.
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, number);
  return pthread_sigmask(SIG_UNBLOCK, &heard, NULL) == 0 ? 0 : -1;
}

int cedit_spawn(const char *path, char *const arguments[], int rows, int columns, int *terminal) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  int process = forkpty(terminal, NULL, NULL, &size);
  if (process == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(path, arguments);
    _exit(127);
  }
  return process;
}
