#include "ops/render.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace pharos {
namespace {

TEST(Render, PageIsUpToDate) {
  const std::string page = render_operators_markdown(builtin_ops());
  const std::string path = std::string(PHAROS_SOURCE_DIR) + "/docs/operators.md";
  // PHAROS_UPDATE_DOCS=1 writes the page instead of comparing it.
  if (std::getenv("PHAROS_UPDATE_DOCS")) std::ofstream(path) << page;
  std::ifstream in(path);
  const std::string committed((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(page, committed) << "run test_ops --gtest_filter=Render.* with PHAROS_UPDATE_DOCS=1";
}

TEST(Render, EveryOperatorIsDescribed) {
  const OpSet ops = builtin_ops();
  for (const OpDef* def : ops.all()) {
    EXPECT_FALSE(def->doc.empty()) << def->name;
    EXPECT_TRUE(def->evaluate && def->infer) << def->name;
    for (const Older& o : def->older) EXPECT_LT(o.since, def->since) << def->name;
  }
}

}  // namespace
}  // namespace pharos
