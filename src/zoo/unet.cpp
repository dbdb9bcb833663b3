// U-Net for 21 classes: four levels down (32 to 256 channels), up again with nearest upsampling and concatenation.

#include "zoo/blocks.h"

namespace pharos {
namespace {

using Ints = std::vector<int64_t>;

std::string double_conv(Net& net, const std::string& scope, std::string x, int64_t in, int64_t out) {
  for (int i = 0; i < 2; ++i) {
    const std::string at = scope + ".double_conv.";
    const std::string y = conv(net, at + std::to_string(3 * i), x, {i == 0 ? in : out, out, 3}, relu_gain, false);
    x = net.node(at + std::to_string(3 * i + 2), "Relu", {batch_norm(net, at + std::to_string(3 * i + 1), y, out)});
  }
  return x;
}

std::string up(Net& net, const std::string& scope, const std::string& x, const std::string& skip, int64_t in,
               int64_t out) {
  const std::string scales = net.weight(scope + ".up.scales", {4}, Fill::of(std::vector<float>{1, 1, 2, 2}));
  const std::string larger = net.node(scope + ".up", "Resize", {x, "", scales},
                                      {{"coordinate_transformation_mode", std::string("asymmetric")},
                                       {"cubic_coeff_a", -0.75f},
                                       {"mode", std::string("nearest")},
                                       {"nearest_mode", std::string("floor")}});
  return double_conv(net, scope + ".conv", net.node(scope, "Concat", {skip, larger}, {{"axis", int64_t{1}}}), in, out);
}

Net build(const ZooOptions& o) {
  Net net("unet", o.seed);
  constexpr int64_t down[] = {32, 64, 128, 256, 256}, ups[] = {128, 64, 32, 32};
  std::string x = net.input("input", DType::f32, {batch_dim(o), int64_t{3}, o.size, o.size});
  std::vector<std::string> levels{double_conv(net, "inc", x, 3, down[0])};
  for (size_t i = 1; i < 5; ++i) {
    const std::string scope = "down" + std::to_string(i);
    const std::string pooled = net.node(
        scope, "MaxPool", {levels.back()},
        {{"ceil_mode", int64_t{0}}, {"kernel_shape", Ints{2, 2}}, {"pads", Ints{0, 0, 0, 0}}, {"strides", Ints{2, 2}}});
    levels.push_back(double_conv(net, scope, pooled, down[i - 1], down[i]));
  }
  x = levels[4];
  int64_t channels = down[4];
  for (size_t i = 0; i < 4; ++i) {
    x = up(net, "up" + std::to_string(i + 1), x, levels[3 - i], down[3 - i] + channels, ups[i]);
    channels = ups[i];
  }
  x = conv(net, "outc.conv", x, {channels, 21}, 1, true);
  net.output(x, "output", DType::f32, {batch_dim(o), int64_t{21}, o.size, o.size});
  return net;
}

}  // namespace

void define_unet(ZooSet& zoo) {
  zoo.add({.name = "unet",
           .doc = {"U-Net, 21 classes per pixel", "U-Net，逐像素 21 类"},
           .size = 256,
           .size_step = 16,
           .build = build});
}

}  // namespace pharos
