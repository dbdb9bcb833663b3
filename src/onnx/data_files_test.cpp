#include "onnx/data_files.h"

#include <gtest/gtest.h>

#include "onnx/test_model.h"

namespace pharos {
namespace {

Datum round_trip(const Datum& d, const Type& type) {
  const auto bytes = pb_bytes(d, "x");
  EXPECT_TRUE(bytes);
  auto back = parse_pb(test::as_bytes(*bytes), "x.pb", type);
  EXPECT_TRUE(back) << (back ? "" : back.error().text());
  return back ? *back : Datum{};
}

TEST(DataFiles, TensorsOfEveryType) {
  for (int n = 1; n < dtype_count; ++n) {
    const DType t = DType(n);
    Tensor tensor(t, {3});
    if (t == DType::string) {
      tensor.as<std::string>()[1] = "two";
    } else {
      for (size_t i = 0; i < tensor.bytes(); ++i)
        static_cast<uint8_t*>(tensor.data())[i] = t == DType::boolean || dtype_bits(t) < 8 ? uint8_t(i & 1) : uint8_t(i);
    }
    const Datum back = round_trip(tensor, Type::tensor(t));
    ASSERT_TRUE(back.tensor()) << dtype_name(t);
    EXPECT_TRUE(identical(*back.tensor(), tensor)) << dtype_name(t);
  }
}

TEST(DataFiles, NarrowIntegersKeepTheirSign) {
  Tensor t(DType::i4, {5});
  const int8_t values[] = {-8, -1, 0, 7, -3};
  for (size_t i = 0; i < 5; ++i) t.as<int8_t>()[i] = values[i];
  const Datum back = round_trip(t, Type::tensor(DType::i4));
  EXPECT_EQ(back.tensor()->to_ints(), (std::vector<int64_t>{-8, -1, 0, 7, -3}));
}

TEST(DataFiles, Containers) {
  const Type element = Type::tensor(DType::f32);
  const Sequence s{element, {Datum(Tensor::scalar_f32(1)), Datum(Tensor::scalar_f32(2))}};
  const Datum sequence = round_trip(Datum(s), Type::sequence(element));
  ASSERT_TRUE(sequence.sequence());
  EXPECT_EQ(sequence.sequence()->items.size(), 2u);
  const Datum absent = round_trip(Datum(Optional{element, nullptr}), Type::optional(element));
  ASSERT_TRUE(absent.optional());
  EXPECT_FALSE(absent.optional()->value);
  const Datum present = round_trip(Datum(Optional{Type::sequence(element), std::make_shared<Datum>(s)}), Type::optional(Type::sequence(element)));
  ASSERT_TRUE(present.optional() && present.optional()->value && present.optional()->value->sequence());
  const float values[] = {0.5f, 0.25f};
  const Datum map = round_trip(Datum(Map{Tensor::vector_i64(std::vector<int64_t>{3, 4}), Tensor::from<float>(DType::f32, {2}, values)}),
                               Type::map(DType::i64, Type::tensor(DType::f32, Shape{})));
  ASSERT_TRUE(map.map());
  EXPECT_EQ(map.map()->values.as<float>()[1], 0.25f);
}

TEST(DataFiles, GarbageIsRefused) {
  for (const Type& t : {Type::tensor(DType::f32), Type::sequence(Type::tensor(DType::f32)), Type::optional(Type::tensor(DType::f32)),
                        Type::map(DType::i64, Type::tensor(DType::f32))})
    EXPECT_FALSE(parse_pb(test::as_bytes(std::string("\x0b\xff\xff\xff", 4)), "x.pb", t));
}

}  // namespace
}  // namespace pharos
