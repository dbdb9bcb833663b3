#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace pharos {
namespace {

std::set<std::string> placeholders(std::string_view text) {
  std::set<std::string> out;
  for (size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) { out.insert("unclosed"); break; }
    std::string_view name = text.substr(open + 1, close - open - 1);
    if (name.ends_with("_zh")) name.remove_suffix(3);  // the same argument in words of the other language
    out.emplace(name);
  }
  return out;
}

bool is_slug(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

TEST(Catalog, CodesAreSortedUniqueAndFitTheirLayer) {
  const auto all = all_diagnostics();
  ASSERT_FALSE(all.empty());
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string_view code = all[i]->code;
    ASSERT_EQ(code.size(), 6u) << code;
    EXPECT_TRUE(code.starts_with("PH") && std::all_of(code.begin() + 2, code.end(), [](char c) { return c >= '0' && c <= '9'; })) << code;
    EXPECT_EQ(code[2] - '0', int(all[i]->layer)) << code;
    if (i) { EXPECT_LT(all[i - 1]->code, code); }
  }
}

TEST(Catalog, SlugsAreUnique) {
  std::set<std::string_view> slugs;
  for (const Diagnostic* d : all_diagnostics()) {
    EXPECT_TRUE(is_slug(d->slug)) << d->code;
    EXPECT_TRUE(slugs.insert(d->slug).second) << d->code << " " << d->slug;
  }
}

TEST(Catalog, EveryTextExistsInBothLanguages) {
  for (const Diagnostic* d : all_diagnostics()) {
    for (const Text* t : {&d->title, &d->message, &d->cause, &d->remedy}) {
      EXPECT_FALSE(t->en.empty()) << d->code;
      EXPECT_FALSE(t->zh.empty()) << d->code;
      EXPECT_EQ(t->en.find("  "), std::string_view::npos) << d->code;
    }
    EXPECT_FALSE(d->since.empty()) << d->code;
    EXPECT_FALSE(d->example.empty()) << d->code;
    EXPECT_EQ(placeholders(d->message.en), placeholders(d->message.zh)) << d->code;
    EXPECT_TRUE(placeholders(d->title.en).empty()) << d->code;
    // What the doctor finds in logs is explained and remedied with the values of the log.
    if (d->layer != Layer::Doctor) {
      EXPECT_TRUE(placeholders(d->cause.en).empty() && placeholders(d->remedy.en).empty()) << d->code;
    }
    EXPECT_FALSE(d->message.en.ends_with('.')) << d->code;
  }
}

TEST(Catalog, LookUpByCodeAndSlug) {
  for (const Diagnostic* d : all_diagnostics()) {
    EXPECT_EQ(find_diagnostic(d->code), d);
    EXPECT_EQ(find_diagnostic(d->slug), d);
  }
  EXPECT_EQ(find_diagnostic("PH9999"), nullptr);
}

}  // namespace
}  // namespace pharos
