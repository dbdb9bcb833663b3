// YOLOv8-nano for 80 classes, batch norm already folded, with the box decoding in the graph: as its exporter writes it.

#include "zoo/blocks.h"

namespace pharos {
namespace {

using Ints = std::vector<int64_t>;
constexpr int64_t classes = 80, bins = 16;

std::string conv_silu(Net& net, const std::string& scope, const std::string& x, const ConvShape& s) {
  // SiLU passes about 0.36 of the square of a standard normal value: the gain keeps the size.
  return silu(net, scope + ".act", conv(net, scope + ".conv", x, s, 1.6, true));
}

std::string concat(Net& net, const std::string& scope, std::vector<std::string> in, int64_t axis = 1) {
  return net.node(scope, "Concat", std::move(in), {{"axis", axis}});
}

std::string c2f(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t out, int64_t repeats,
                bool shortcut) {
  const int64_t half = out / 2;
  const std::string y = conv_silu(net, scope + ".cv1", x, {in, out});
  std::vector<std::string> parts =
      net.nodes_out(scope, "Split", {y, net.shape(scope, {half, half})}, 2, {{"axis", int64_t{1}}});
  for (int64_t i = 0; i < repeats; ++i) {
    const std::string m = scope + ".m." + std::to_string(i);
    const std::string z =
        conv_silu(net, m + ".cv2", conv_silu(net, m + ".cv1", parts.back(), {half, half, 3}), {half, half, 3});
    parts.push_back(shortcut ? net.node(m, "Add", {parts.back(), z}) : z);
  }
  return conv_silu(net, scope + ".cv2", concat(net, scope, parts), {(2 + repeats) * half, out});
}

std::string sppf(Net& net, const std::string& scope, const std::string& x, int64_t channels) {
  std::vector<std::string> parts{conv_silu(net, scope + ".cv1", x, {channels, channels / 2})};
  for (int i = 0; i < 3; ++i) {
    parts.push_back(net.node(scope + ".m", "MaxPool", {parts.back()},
                             {{"ceil_mode", int64_t{0}},
                              {"dilations", Ints{1, 1}},
                              {"kernel_shape", Ints{5, 5}},
                              {"pads", Ints{2, 2, 2, 2}},
                              {"strides", Ints{1, 1}}}));
  }
  return conv_silu(net, scope + ".cv2", concat(net, scope, parts), {channels * 2, channels});
}

std::string upsample(Net& net, const std::string& scope, const std::string& x) {
  const std::string scales = net.weight(scope + ".scales", {4}, Fill::of(std::vector<float>{1, 1, 2, 2}));
  return net.node(scope, "Resize", {x, "", scales},
                  {{"coordinate_transformation_mode", std::string("asymmetric")}, {"cubic_coeff_a", -0.75f},
                   {"mode", std::string("nearest")}, {"nearest_mode", std::string("floor")}});
}

// Boxes (64 channels: 4 sides in 16 bins) and classes of one level: [B, 144, h*w].
std::string head_level(Net& net, const std::string& scope, int level, const std::string& x, int64_t in) {
  const std::string l = "." + std::to_string(level);
  const auto branch = [&](const std::string& at, int64_t middle, int64_t out) {
    const std::string y = conv_silu(net, at + ".1", conv_silu(net, at + ".0", x, {in, middle, 3}), {middle, middle, 3});
    return conv(net, at + ".2", y, {middle, out}, 1, true);
  };
  const std::string both =
      concat(net, scope, {branch(scope + ".cv2" + l, 64, 4 * bins), branch(scope + ".cv3" + l, 80, classes)});
  return net.node(scope, "Reshape", {both, net.shape(scope, {0, 4 * bins + classes, -1})});
}

struct Anchors { std::vector<float> centres, strides; };  // [1, 2, n] and [1, n]
Anchors anchors(int64_t size) {
  Anchors a;
  std::vector<float> ys;
  for (const int64_t stride : {8, 16, 32}) {
    for (int64_t y = 0; y < size / stride; ++y) {
      for (int64_t x = 0; x < size / stride; ++x) {
        a.centres.push_back(float(x) + 0.5f);
        ys.push_back(float(y) + 0.5f);
        a.strides.push_back(float(stride));
      }
    }
  }
  a.centres.insert(a.centres.end(), ys.begin(), ys.end());
  return a;
}

std::string decode(Net& net, const std::string& scope, const std::string& levels, int64_t size) {
  const Anchors a = anchors(size);
  const int64_t n = int64_t(a.strides.size());
  const auto parts =
      net.nodes_out(scope, "Split", {levels, net.shape(scope, {4 * bins, classes})}, 2, {{"axis", int64_t{1}}});
  // Distribution over bins to a distance: softmax, then the expectation as a 1x1 convolution.
  const std::string dfl = scope + ".dfl";
  std::string d = net.node(dfl, "Reshape", {parts[0], net.shape(dfl, {0, 4, bins, n})});
  d = net.node(dfl, "Softmax", {net.node(dfl, "Transpose", {d}, {{"perm", Ints{0, 2, 1, 3}}})}, {{"axis", int64_t{1}}});
  d = net.node(dfl + ".conv", "Conv", {d, net.weight(dfl + ".conv.weight", {1, bins, 1, 1}, Fill::range(0, 1))},
               {{"dilations", Ints{1, 1}},
                {"group", int64_t{1}},
                {"kernel_shape", Ints{1, 1}},
                {"pads", Ints{0, 0, 0, 0}},
                {"strides", Ints{1, 1}}});
  d = net.node(dfl, "Reshape", {d, net.shape(dfl, {0, 4, n})});
  const auto half = [&](int64_t first) {
    return net.node(
        scope, "Slice",
        {d, net.shape(scope, {first}), net.shape(scope, {first + 2}), net.shape(scope, {1}), net.shape(scope, {1})});
  };
  const std::string centres = net.weight(scope + ".anchors", {1, 2, n}, Fill::of(a.centres));
  const std::string low = net.node(scope, "Sub", {centres, half(0)}), high = net.node(scope, "Add", {centres, half(2)});
  const std::string middle = net.node(scope, "Div", {net.node(scope, "Add", {low, high}), net.scalar(scope, 2.0f)});
  const std::string boxes = concat(net, scope, {middle, net.node(scope, "Sub", {high, low})});
  const std::string pixels =
      net.node(scope, "Mul", {boxes, net.weight(scope + ".strides", {1, n}, Fill::of(a.strides))});
  return concat(net, scope, {pixels, net.node(scope, "Sigmoid", {parts[1]})});
}

Net build(const ZooOptions& o) {
  Net net("yolov8n", o.seed);
  const auto at = [](int i) { return "model." + std::to_string(i); };
  std::string x = net.input("images", DType::f32, {batch_dim(o), int64_t{3}, o.size, o.size});
  x = conv_silu(net, at(0), x, {3, 16, 3, 2});
  x = conv_silu(net, at(1), x, {16, 32, 3, 2});
  x = c2f(net, at(2), x, 32, 32, 1, true);
  x = conv_silu(net, at(3), x, {32, 64, 3, 2});
  const std::string p3 = c2f(net, at(4), x, 64, 64, 2, true);
  const std::string p4 = c2f(net, at(6), conv_silu(net, at(5), p3, {64, 128, 3, 2}), 128, 128, 2, true);
  x = c2f(net, at(8), conv_silu(net, at(7), p4, {128, 256, 3, 2}), 256, 256, 1, true);
  const std::string p5 = sppf(net, at(9), x, 256);

  const std::string n4 = c2f(net, at(12), concat(net, at(11), {upsample(net, at(10), p5), p4}), 384, 128, 1, false);
  const std::string o3 = c2f(net, at(15), concat(net, at(14), {upsample(net, at(13), n4), p3}), 192, 64, 1, false);
  const std::string o4 =
      c2f(net, at(18), concat(net, at(17), {conv_silu(net, at(16), o3, {64, 64, 3, 2}), n4}), 192, 128, 1, false);
  const std::string o5 =
      c2f(net, at(21), concat(net, at(20), {conv_silu(net, at(19), o4, {128, 128, 3, 2}), p5}), 384, 256, 1, false);

  const std::string head = at(22);
  const std::string all = concat(
      net, head,
      {head_level(net, head, 0, o3, 64), head_level(net, head, 1, o4, 128), head_level(net, head, 2, o5, 256)}, 2);
  x = decode(net, head, all, o.size);
  const int64_t boxes = o.size / 8 * (o.size / 8) * 21 / 16;
  net.output(x, "output0", DType::f32, {batch_dim(o), 4 + classes, boxes});
  return net;
}

}  // namespace

void define_yolov8n(ZooSet& zoo) {
  zoo.add({.name = "yolov8n",
           .doc = {"YOLOv8-nano detector, 80 classes", "YOLOv8-nano 目标检测，80 类"},
           .size = 640,
           .size_step = 32,
           .build = build});
}

}  // namespace pharos
