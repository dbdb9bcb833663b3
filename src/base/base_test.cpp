#include <gtest/gtest.h>

#include <random>

#include "base/checked.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "pharos/types.h"

namespace pharos {
namespace {

constexpr Diagnostic sample{.code = "PH0999",
                            .slug = "sample",
                            .severity = Severity::Warning,
                            .layer = Layer::General,
                            .since = "0.1",
                            .title = {"t", "题"},
                            .message = {"{a} and {b}, {a}", "{b}和{a}"},
                            .cause = {"c", "因"},
                            .remedy = {"r", "方"}};

TEST(Report, FillsPlaceholders) {
  Report r(sample, {{"a", "{b}"}, {"b", "two"}});
  EXPECT_EQ(r.message(), "{b} and two, {b}");  // arguments are not expanded again
  EXPECT_EQ(r.message(Language::Chinese), "two和{b}");
  EXPECT_EQ(r.in("in node 'x'").in("while importing").text(),
            "[PH0999] {b} and two, {b} (in node 'x', while importing)");
  EXPECT_EQ(Report(sample, {{"a", "1"}}).message(), "1 and {b}, 1");
  EXPECT_EQ(r.argument("b"), "two");
}

struct Collector : Logger {
  void log(const Record& r) noexcept override { records.push_back(r); }
  Severity threshold() const noexcept override { return least; }
  std::vector<Record> records;
  Severity least = Severity::Verbose;
};

TEST(Log, RespectsThresholdAndCarriesStage) {
  Collector c;
  Log log(&c, Stage::Tune);
  log.report(sample, {{"a", "1"}}, "conv_1");
  ASSERT_EQ(c.records.size(), 1u);
  EXPECT_EQ(c.records[0].stage, Stage::Tune);
  EXPECT_EQ(c.records[0].layer, "conv_1");
  c.least = Severity::Error;
  log.report(sample);
  EXPECT_EQ(c.records.size(), 1u);
  Log().report(sample);
}

TEST(Types, NamesAndCounts) {
  for (int i = 0; i < dtype_count; ++i) EXPECT_EQ(dtype_from_name(dtype_name(DType(i))), DType(i));
  EXPECT_EQ(dtype_name(DType(200)), "undefined");
  EXPECT_EQ(dtype_size(DType::i4), 1u);
  EXPECT_EQ(dtype_bits(DType::i4), 4);
  EXPECT_EQ(dims_text(Dims{1, 3}), "1x3");
  EXPECT_EQ(dims_text({}), "scalar");
  EXPECT_EQ(element_count(Dims{2, 3}), 6);
  EXPECT_EQ(element_count(Dims{INT64_MAX, 2, 0}), 0);
  EXPECT_FALSE(element_count(Dims{INT64_MAX, 2}));
  EXPECT_FALSE(element_count(Dims{0, -1}));
}

TEST(Text, QuantitiesAndEscapes) {
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(1536 * 1024), "1.50 MiB");
  EXPECT_EQ(duration_text(0.5), "500 us");
  EXPECT_EQ(duration_text(12.34), "12.3 ms");
  EXPECT_EQ(duration_text(4560), "4.56 s");
  EXPECT_EQ(duration_text(192000), "3 min 12 s");
  EXPECT_EQ(escape_control("a\x1b[31m\n新\xff"), "a\\x1b[31m\\x0a新\\xff");
  EXPECT_EQ(escape_control("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // right-to-left override
}

TEST(Checked, FindsOverflow) {
  EXPECT_FALSE(checked_mul<int64_t>(INT64_MAX, 2));
  EXPECT_FALSE(checked_add<uint64_t>(UINT64_MAX, 1));
  EXPECT_EQ(checked_align<uint64_t>(65, 64), 128u);
  EXPECT_FALSE(checked_align<uint64_t>(UINT64_MAX, 64));
  EXPECT_TRUE(within(4, 6, 10));
  EXPECT_FALSE(within(4, UINT64_MAX, 10));
}

TEST(Hash, StreamingGivesTheSame) {
  std::string data(100000, 'x');
  std::mt19937 random(1);
  for (char& c : data) c = char(random());
  Hasher h;
  for (size_t at = 0; at < data.size();) {
    const size_t n = std::min<size_t>(random() % 5000, data.size() - at);
    h.update(std::string_view(data).substr(at, n));
    at += n;
  }
  EXPECT_EQ(h.digest64(), hash64(data));
  EXPECT_EQ(h.digest128(), hash128(std::as_bytes(std::span(data.data(), data.size()))));
  EXPECT_EQ(hex64(0xabc), "0000000000000abc");
}

}  // namespace
}  // namespace pharos
