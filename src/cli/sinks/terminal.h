#pragma once
// Standard output and error with one status line that is redrawn below whatever is printed. Used by the console sink
// and by the progress display, which must not tear each other's lines.

#include <mutex>
#include <string>
#include <string_view>

namespace pharos {

class Terminal {
 public:
  enum class Color { None, Red, Yellow, Green, Dim, Bold };

  // `color` is "auto", "always" or "never".
  explicit Terminal(std::string_view color = "auto");
  void set_color(std::string_view color);
  bool status_possible() const { return err_is_tty_; }
  bool colored(bool error) const { return error ? color_err_ : color_out_; }
  int columns(bool error) const;  // 0 where there is no terminal

  void out_line(std::string_view text, Color color = Color::None);
  void err_line(std::string_view text, Color color = Color::None);
  void status(std::string text);  // empty: remove the line; ignored where stderr is no terminal

 private:
  void line(bool error, std::string_view text, Color color);
  std::mutex mutex_;
  bool color_out_ = false, color_err_ = false, err_is_tty_ = false;
  std::string status_;
};

}  // namespace pharos
