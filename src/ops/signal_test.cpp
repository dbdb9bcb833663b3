#include <cmath>

#include "ops/fft.h"
#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;
using Values = std::vector<std::complex<double>>;

TEST(Fourier, MatchesTheDefinitionForAnyLength) {
  for (const size_t n : {1u, 2u, 3u, 7u, 8u, 12u, 31u, 64u, 100u}) {
    Values x(n);
    for (size_t i = 0; i < n; ++i) x[i] = {std::sin(double(i * i)), std::cos(3.0 * double(i))};
    Values y = x;
    Fourier(n, false).transform(y);
    for (size_t k = 0; k < n; ++k) {
      std::complex<double> sum = 0;
      for (size_t i = 0; i < n; ++i) sum += x[i] * std::polar(1.0, -2 * M_PI * double(i * k % n) / double(n));
      EXPECT_NEAR(std::abs(sum - y[k]), 0, 1e-9) << n;
    }
    Fourier(n, true).transform(y);
    for (size_t i = 0; i < n; ++i) EXPECT_NEAR(std::abs(x[i] - y[i]), 0, 1e-9) << n;
  }
}

TEST(Dft, HalfASpectrumComesBack) {
  const std::vector<float> signal{1, -2, 3, 0.5f, 4};
  const auto half = run({.op = "DFT", .inputs = {floats({1, 5, 1}, signal)}, .attributes = {{"onesided", int64_t{1}}}});
  ASSERT_TRUE(half) << half.error().text();
  EXPECT_EQ((*half)[0].tensor()->dims(), (Dims{1, 3, 2}));
  const auto back = run_floats({.op = "DFT",
                                .inputs = {(*half)[0], Tensor::scalar_i64(5)},
                                .attributes = {{"onesided", int64_t{1}}, {"inverse", int64_t{1}}}});
  ASSERT_EQ(back.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(back[i], signal[i], 1e-5);
}

TEST(Dft, ChecksAxisAndLength) {
  const Tensor x = floats({1, 4, 1}, {1, 2, 3, 4});
  EXPECT_EQ(code_of({.op = "DFT", .inputs = {x, Datum{}, Tensor::scalar_i64(2)}}), "PH2101");
  EXPECT_EQ(code_of({.op = "DFT", .inputs = {x, Tensor::scalar_i64(0)}}), "PH2105");
  EXPECT_EQ(code_of({.op = "DFT", .inputs = {x, Tensor::scalar_i64(int64_t{1} << 60)}}), "PH2107");
  EXPECT_EQ(code_of({.op = "DFT", .inputs = {floats({2, 3}, {1, 2, 3, 4, 5, 6})}}), "PH2102");
}

TEST(Stft, FramesOverlap) {
  const auto r =
      run({.op = "STFT",
           .inputs = {floats({1, 6, 1}, {1, 1, 1, 2, 2, 2}), Tensor::scalar_i64(2), floats({4}, {1, 1, 1, 1})}});
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ((*r)[0].tensor()->dims(), (Dims{1, 2, 3, 2}));
  EXPECT_FLOAT_EQ((*r)[0].tensor()->as<float>()[0], 5);
  EXPECT_FLOAT_EQ((*r)[0].tensor()->as<float>()[6], 7);
  EXPECT_EQ(code_of({.op = "STFT", .inputs = {floats({1, 2, 1}, {1, 1}), Tensor::scalar_i64(0)}}), "PH2105");
}

TEST(Windows, Shapes) {
  const auto hann = run_floats({.op = "HannWindow", .inputs = {Tensor::scalar_i64(4)}});
  ASSERT_EQ(hann.size(), 4u);
  EXPECT_NEAR(hann[1], 0.5, 1e-6);
  EXPECT_NEAR(hann[2], 1, 1e-6);
  EXPECT_EQ(
      run_floats({.op = "HammingWindow", .inputs = {Tensor::scalar_i64(1)}, .attributes = {{"periodic", int64_t{0}}}}),
      (std::vector<float>{1}));
  EXPECT_EQ(code_of({.op = "HannWindow", .inputs = {Tensor::scalar_i64(-1)}}), "PH2105");
}

TEST(MelWeightMatrix, ChecksEdges) {
  const auto call = [](int64_t rate) {
    return Call{.op = "MelWeightMatrix",
                .inputs = {Tensor::scalar_i64(8), Tensor::scalar_i64(16), Tensor::scalar_i64(rate),
                           Tensor::scalar_f32(0), Tensor::scalar_f32(4096)}};
  };
  EXPECT_EQ(code_of(call(8192)), "");
  EXPECT_EQ(code_of(call(0)), "PH2105");
  EXPECT_EQ(code_of(call(100)), "PH2105");
}

}  // namespace
}  // namespace pharos
