#include "cli/sinks/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace pharos {
namespace {

std::string_view escape(Terminal::Color color) {
  switch (color) {
    case Terminal::Color::Red: return "\x1b[31m";
    case Terminal::Color::Yellow: return "\x1b[33m";
    case Terminal::Color::Green: return "\x1b[32m";
    case Terminal::Color::Dim: return "\x1b[2m";
    case Terminal::Color::Bold: return "\x1b[1m";
    case Terminal::Color::None: break;
  }
  return "";
}

void put(std::FILE* file, std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); }

}  // namespace

Terminal::Terminal(std::string_view color) : err_is_tty_(isatty(STDERR_FILENO)) { set_color(color); }

void Terminal::set_color(std::string_view color) {
  color_out_ = color == "always" || (color == "auto" && isatty(STDOUT_FILENO));
  color_err_ = color == "always" || (color == "auto" && err_is_tty_);
}

int Terminal::columns(bool error) const {
  winsize size{};
  const int file = error ? STDERR_FILENO : STDOUT_FILENO;
  return isatty(file) && ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void Terminal::out_line(std::string_view text, Color color) { line(false, text, color); }
void Terminal::err_line(std::string_view text, Color color) { line(true, text, color); }

void Terminal::line(bool error, std::string_view text, Color color) {
  const std::lock_guard lock(mutex_);
  std::FILE* file = error ? stderr : stdout;
  if (!status_.empty()) put(stderr, "\r\x1b[K");
  const bool colored = color != Color::None && (error ? color_err_ : color_out_);
  if (colored) put(file, escape(color));
  put(file, text);
  if (colored) put(file, "\x1b[0m");
  put(file, "\n");
  if (error) std::fflush(stdout);
  std::fflush(file);
  if (!status_.empty()) put(stderr, status_);
}

void Terminal::status(std::string text) {
  if (!err_is_tty_) return;
  const std::lock_guard lock(mutex_);
  if (text == status_) return;
  put(stderr, "\r\x1b[K");
  put(stderr, text);
  std::fflush(stderr);
  status_ = std::move(text);
}

}  // namespace pharos
