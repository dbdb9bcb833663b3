#pragma once
// How the HTML report looks: colours as named tokens in a light and a dark form, and the style sheet made of them.

#include <span>
#include <string>
#include <string_view>

namespace pharos {

struct ColorToken { std::string_view name, light, dark; };

// Which token is read on which, and how much contrast (WCAG 2) it needs there: 4.5 for text, 3 for shapes.
struct ContrastRule { std::string_view foreground, background; double at_least; };

std::span<const ColorToken> color_tokens();
std::span<const ContrastRule> contrast_rules();
double contrast_ratio(std::string_view hex_a, std::string_view hex_b);  // "#1c2128"

std::string style_sheet();
std::string_view page_script();         // copies commands, opens and closes all; the page reads well without it
std::string_view page_script_hash();    // "sha256-…", so that no other script runs in the page

}  // namespace pharos
