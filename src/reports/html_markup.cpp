#include "reports/html_markup.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace pharos {

std::string html_text(std::string_view foreign) {
  std::string blank(foreign);
  for (size_t i = 0; (i = blank.find('\t', i)) != blank.npos; i += 4) blank.replace(i, 1, "    ");
  std::string out;
  for (const char c : escape_control(blank)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string html_cut(std::string_view foreign, size_t bytes) {
  if (foreign.size() <= bytes) return html_text(foreign);
  size_t end = bytes;
  while (end > 0 && bytes - end < 3 && (uint8_t(foreign[end]) & 0xc0) == 0x80) --end;
  return html_text(foreign.substr(0, end)) + "…";
}

std::string element(std::string_view name, std::string_view cls, std::string_view content) {
  if (cls.empty()) return fmt::format("<{0}>{1}</{0}>", name, content);
  return fmt::format("<{0} class=\"{1}\">{2}</{0}>", name, cls, content);
}

std::string html_words(std::string_view markup) {
  std::string out;
  for (size_t i = 0; i < markup.size();) {
    const size_t end = std::min(markup.find(' ', i), markup.size());
    const std::string_view word = markup.substr(i, end - i);
    const bool option = word.starts_with('-') && word.find_first_of("<>\n") == word.npos;
    out += option ? fmt::format("<span class=\"w\">{}</span>", word) : std::string(word);
    if (end < markup.size()) out += ' ';
    i = end + 1;
  }
  return out;
}

std::string html_command(std::string_view markup) {
  return fmt::format("<div class=\"box\"><pre class=\"cmd\" data-copy=\"\">{}</pre></div>", html_words(markup));
}

std::string html_table(std::initializer_list<Head> heads, std::string_view rows) {
  std::string head;
  for (const Head& h : heads) head += element("th", h.number ? "num" : "", h.text);
  if (!head.empty()) head = fmt::format("<thead><tr>{}</tr></thead>", head);
  return fmt::format("<div class=\"scroll\"><table>{}<tbody>\n{}</tbody></table></div>", head, rows);
}

}  // namespace pharos
