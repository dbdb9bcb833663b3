#include "ops/test_node.h"
#include "ops/unicode.h"

namespace pharos {
namespace {

using namespace test;

std::vector<std::string> run_strings(const Call& call) {
  auto r = run(call);
  if (!r) { ADD_FAILURE() << r.error().text(); return {}; }
  const auto s = (*r)[0].tensor()->as<std::string>();
  return {s.begin(), s.end()};
}

using Words = std::vector<std::string>;

TEST(Unicode, Case) {
  EXPECT_EQ(upper_case("straße éœ дом ﬀ"), "STRASSE ÉŒ ДОМ ﬀ");
  EXPECT_EQ(lower_case("ÀÉÎ ΣΊΣΥΦΟΣ ДОМ Ÿ"), "àéî σίσυφοσ дом ÿ");
  EXPECT_EQ(upper_case(std::string("a\xff\xc3", 3)), std::string("A\xff\xc3", 3));  // what is no UTF-8 stays
  EXPECT_EQ(upper_case("\xed\xa0\x80"), "\xed\xa0\x80");                          // nor surrogates
}

TEST(StringConcat, Broadcasts) {
  EXPECT_EQ(run_strings({.op = "StringConcat", .inputs = {strings({2, 1}, {"a", "b"}), strings({2}, {"1", "2"})}}),
            (Words{"a1", "a2", "b1", "b2"}));
  EXPECT_EQ(code_of({.op = "StringConcat", .inputs = {strings({2}, {"a", "b"}), strings({3}, {"1", "2", "3"})}}),
            "PH2103");
}

TEST(StringSplit, DelimitersAndSpace) {
  const Tensor x = strings({2}, {"a,,b", ""});
  EXPECT_EQ(
      run_strings({.op = "StringSplit", .inputs = {x}, .attributes = {{"delimiter", std::string(",")}}, .outputs = 2}),
      (Words{"a", "", "b", "", "", ""}));
  EXPECT_EQ(run_strings({.op = "StringSplit",
                         .inputs = {strings({2}, {"  a  b c ", " "})},
                         .attributes = {{"maxsplit", int64_t{1}}},
                         .outputs = 2}),
            (Words{"a", "b c ", "", ""}));
  const auto counts =
      run({.op = "StringSplit", .inputs = {x}, .attributes = {{"delimiter", std::string(",")}}, .outputs = 2});
  EXPECT_TRUE(identical(*(*counts)[1].tensor(), ints({2}, {3, 1})));
}

TEST(StringNormalizer, StopWords) {
  const Attributes a{{"stopwords", Words{"monday"}}, {"case_change_action", std::string("UPPER")}};
  EXPECT_EQ(run_strings({.op = "StringNormalizer", .inputs = {strings({3}, {"Monday", "über", "x"})}, .attributes = a}),
            (Words{"ÜBER", "X"}));
  EXPECT_EQ(run_strings({.op = "StringNormalizer", .inputs = {strings({1, 1}, {"monday"})}, .attributes = a}),
            (Words{""}));
  EXPECT_EQ(code_of({.op = "StringNormalizer", .inputs = {strings({2, 1}, {"a", "b"})}, .attributes = a}), "PH2102");
}

TEST(RegexFullMatch, WholeStringsInLinearTime) {
  const Call call{.op = "RegexFullMatch",
                  .inputs = {strings({3}, {"ab1", "ab", "xab1"})},
                  .attributes = {{"pattern", std::string("[a-z]{2}\\d")}}};
  EXPECT_EQ(run_floats(call), (std::vector<float>{1, 0, 0}));
  EXPECT_EQ(run_floats({.op = "RegexFullMatch",
                        .inputs = {strings({1}, {std::string(5000, 'a')})},
                        .attributes = {{"pattern", std::string("(a+)+b")}}}),
            (std::vector<float>{0}));
  EXPECT_EQ(
      code_of(
          {.op = "RegexFullMatch", .inputs = {strings({1}, {"a"})}, .attributes = {{"pattern", std::string("(?=a)")}}}),
      "PH2101");
}

TEST(TfIdfVectorizer, SkipsAndWeights) {
  Attributes a{{"mode", std::string("TF")},
               {"min_gram_length", int64_t{2}},
               {"max_gram_length", int64_t{2}},
               {"max_skip_count", int64_t{5}},
               {"ngram_counts", std::vector<int64_t>{0, 4}},
               {"ngram_indexes", std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6}},
               {"pool_int64s", std::vector<int64_t>{2, 3, 5, 4, 5, 6, 7, 8, 6, 7}}};
  const Tensor x = ints({12}, {1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8});
  EXPECT_EQ(run_floats({.op = "TfIdfVectorizer", .inputs = {x}, .attributes = a}),
            (std::vector<float>{0, 0, 0, 0, 1, 3, 1}));
  a["mode"] = std::string("IDF");
  a["weights"] = std::vector<float>{1, 1, 1, 1, 1, 0.5f, 1};
  EXPECT_EQ(run_floats({.op = "TfIdfVectorizer", .inputs = {x}, .attributes = a}),
            (std::vector<float>{0, 0, 0, 0, 1, 0.5f, 1}));
  a["max_skip_count"] = INT64_MAX;
  EXPECT_EQ(code_of({.op = "TfIdfVectorizer", .inputs = {x}, .attributes = a}), "");
  a["ngram_counts"] = std::vector<int64_t>{0, 400};
  EXPECT_EQ(code_of({.op = "TfIdfVectorizer", .inputs = {x}, .attributes = a}), "PH2101");
}

}  // namespace
}  // namespace pharos
