#include "graph/type.h"

#include <gtest/gtest.h>

#include "graph/datum.h"

namespace pharos {
namespace {

TEST(Type, TextRoundTrips) {
  for (const char* text :
       {"f32[N,3,224,224]", "f32[...]", "f32[]", "?", "seq(f32[...])", "optional(seq(i64[?]))", "map(string, f32[])",
        "f32[1,64,56,56]@c16", "bool[2*N + 1,floor((H + 1)/2)]", "f8e4m3fn['a,b',min(N, 8)]"}) {
    const auto t = Type::parse(text);
    ASSERT_TRUE(t) << text;
    EXPECT_EQ(t->text(), text);
    EXPECT_TRUE(*Type::parse(t->text()) == *t);
  }
  for (const char* bad :
       {"", "f32", "f33[2]", "f32[2", "f32[-1]", "seq()", "seq(f32[2]", "map(f32[2])", "f32[2]@x", "f32[2,]"})
    EXPECT_FALSE(Type::parse(bad)) << bad;
  std::string deep = "f32[2]";
  for (int i = 0; i < 100000; ++i) deep = "seq(" + deep;
  EXPECT_FALSE(Type::parse(deep + std::string(100000, ')')));
}

TEST(Type, MergeTakesTheMoreExact) {
  const auto merged = merge(*Type::parse("f32[N,?,4]"), *Type::parse("f32[2,3,?]"));
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->text(), "f32[2,3,4]");
  EXPECT_FALSE(merge(*Type::parse("f32[2]"), *Type::parse("f32[3]")));
  EXPECT_FALSE(merge(*Type::parse("f32[2]"), *Type::parse("i32[2]")));
  EXPECT_FALSE(merge(*Type::parse("f32[2]"), *Type::parse("f32[2,2]")));
  EXPECT_EQ(merge(*Type::parse("seq(?)"), *Type::parse("seq(f32[2])"))->text(), "seq(f32[2])");
}

TEST(Type, BlockedFormatsPadChannels) {
  EXPECT_EQ(stored_elements(Dims{1, 3, 2, 2}, Format::Blocked16c), 64);
  EXPECT_EQ(stored_elements(Dims{1, 16, 2, 2}, Format::Blocked8c), 64);
  EXPECT_EQ(stored_elements(Dims{1, 3, 2, 2}, Format::Plain), 12);
  EXPECT_FALSE(stored_elements(Dims{1, INT64_MAX}, Format::Blocked8c));
  EXPECT_EQ(Type::parse("f32[1,3,2,2]@c8")->stored_bytes(), 128);
}

TEST(Tensor, StorageCopiesAndViews) {
  Tensor t = Tensor::from<float>(DType::f32, {2, 2}, std::vector<float>{1, 2, 3, 4});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(t.data()) % 64, 0u);
  EXPECT_TRUE(t.same_storage(t.reshaped({4})));
  EXPECT_FALSE(t.reshaped({5}).valid());
  EXPECT_TRUE(identical(t, t.clone()));
  EXPECT_FALSE(t.same_storage(t.clone()));
  EXPECT_NE(content_hash(t), content_hash(t.reshaped({4})));
  EXPECT_FALSE(Tensor(DType::f32, {INT64_MAX, 2}).valid());
  EXPECT_FALSE(Tensor(DType::f32, {int64_t{1} << 60}).valid());
  EXPECT_FALSE(Tensor(DType::f32, {-1}).valid());
  Tensor s = Tensor::from<std::string>(DType::string, {2}, std::vector<std::string>{"a", "b"});
  EXPECT_TRUE(identical(s, s.clone()));
  EXPECT_EQ(Tensor::vector_i64(std::vector<int64_t>{5, -6}).to_ints(), (std::vector<int64_t>{5, -6}));
  EXPECT_EQ(type_of(Datum(t)).text(), "f32[2,2]");
}

}  // namespace
}  // namespace pharos
