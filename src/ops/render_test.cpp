#include "ops/render.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace pharos {
namespace {

TEST(Render, EveryOperatorIsDescribed) {
  const OpSet ops = builtin_ops();
  const std::string page = render_operators_markdown(ops, [](const OpDef& op) { return op.name == "Abs" ? std::vector<std::string>{"cpu.a", "cpu.b"} : std::vector<std::string>{}; });
  EXPECT_NE(page.find("- Computed by: cpu.a, cpu.b; otherwise the reference\n"), page.npos);
  for (const OpDef* def : ops.all()) {
    EXPECT_FALSE(def->doc.empty()) << def->name;
    EXPECT_NE(page.find(fmt::format("\n### {}\n\n{}\n", def->name, def->doc)), std::string::npos) << def->name;
    // Without both it is a deprecated name that is always rewritten.
    EXPECT_TRUE((def->evaluate && def->infer) || (!def->evaluate && !def->older.empty())) << def->name;
    for (const Older& o : def->older) EXPECT_TRUE(o.since < def->since || o.rewrite) << def->name;
  }
}

}  // namespace
}  // namespace pharos
