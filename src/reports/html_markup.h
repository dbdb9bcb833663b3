#pragma once
// Pieces of HTML. The pages are well-formed XML too: every element is closed, every attribute quoted.

#include <initializer_list>
#include <string>
#include <string_view>

#include "pharos/diagnostics.h"

namespace pharos {

// Foreign text for the content of an element or a quoted attribute: control characters (terminal escapes too), broken
// UTF-8 and direction marks become visible, a tab becomes blanks, markup is escaped.
std::string html_text(std::string_view foreign);
// The first `bytes` bytes at most, cut between characters, with "…" where something is missing; then html_text.
std::string html_cut(std::string_view foreign, size_t bytes);

// <name class="cls">content</name>; `content` is markup, `cls` may be empty.
std::string element(std::string_view name, std::string_view cls, std::string_view content);

struct Head { std::string_view text; bool number = false; };
// A table that scrolls within itself where it is too wide. `rows` is markup; without heads it has none.
std::string html_table(std::initializer_list<Head> heads, std::string_view rows);

// Options of a command kept whole: a browser breaks lines behind the dashes of "--fp16".
std::string html_words(std::string_view markup);

// A command in a box, with a button to copy it; `markup` is escaped already.
std::string html_command(std::string_view markup);

// Shorthand for the page's own words: they need no escaping, and one language is chosen for the whole page.
class Words {
 public:
  explicit Words(Language l) : language(l) {}
  std::string_view operator()(Text t) const { return t.in(language); }
  bool chinese() const { return language == Language::Chinese; }
  const Language language;
};

}  // namespace pharos
