#include <fmt/format.h>

#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/suggest.h"
#include "zoo/write_onnx.h"
#include "zoo/zoo.h"

namespace pharos {
namespace {

struct ZooArguments {
  std::string name, output;
  int64_t seed = 0;
  ZooOptions options;
};

int write_network(Cli& cli, const ZooArguments& a) {
  const ZooSet zoo = builtin_zoo();
  const ZooNetwork* network = zoo.find(a.name);
  if (!network) {
    std::vector<std::string> names;
    for (const ZooNetwork* n : zoo.all()) names.emplace_back(n->name);
    return cli.fail({diag::name_unknown,
                     {{"kind", "zoo network"}, {"name", a.name}, {"suggestion", suggestion_text(a.name, names)}}});
  }
  ZooOptions wanted = a.options;
  wanted.seed = uint64_t(a.seed);
  auto options = complete(*network, wanted);
  if (!options) return cli.fail(options.error());
  const std::string path = a.output.empty() ? a.name + ".onnx" : a.output;
  const Net net = network->build(*options);
  if (auto written = write_onnx(net, path); !written) return cli.fail(written.error());
  cli.terminal().out_line(fmt::format("{}: {} nodes, {:.2f} M parameters ({}), seed {}", escape_control(path),
                                      net.nodes.size(), double(net.parameters()) / 1e6,
                                      bytes_text(net.parameters() * 4), a.seed));
  return exit_fine;
}

}  // namespace

void define_verb_zoo(VerbSet& verbs) {
  verbs.add(
      {.name = "zoo",
       .group = VerbGroup::Use,
       .one_line = {"writes a sample network with seeded weights", "生成带有固定种子权重的示例网络"},
       .examples =
           "pharos zoo resnet50 -o resnet50.onnx\npharos zoo bert_base --seq-len 64 --dynamic-batch -o bert.onnx",
       .define = [](Options& o) -> Runner {
         auto a = std::make_shared<ZooArguments>();
         o.positional("NAME", a->name, "resnet50, mobilenet_v2, vit_b16, bert_base, yolov8n or unet");
         o.text("--output,-o", "FILE", a->output, "where to write; default NAME.onnx");
         o.integer("--batch,-b", "N", a->options.batch, 1, 4096, "batch size");
         o.flag("--dynamic-batch", a->options.dynamic_batch, "leave the batch size open (--batch is then ignored)");
         o.integer("--size", "PIXELS", a->options.size, 0, 8192, "height and width of images; 0: the network's own");
         o.integer("--seq-len", "TOKENS", a->options.seq_len, 0, 512, "number of tokens; 0: the network's own");
         o.integer("--seed", "N", a->seed, 0, INT64_MAX, "other weights for another number");
         return [a](Cli& cli) { return write_network(cli, *a); };
       }});
}

}  // namespace pharos
