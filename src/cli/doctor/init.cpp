#include "cli/doctor/init.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "policy/policy.h"

namespace pharos {
namespace {

std::string ci_snippet(const std::string& policy) {
  return fmt::format(R"(# GitHub Actions: fails the job where the build is not clean. Elsewhere the same commands do.
name: engine
on: [push, pull_request]
jobs:
  build:
    runs-on: [self-hosted, gpu]   # the GPU model of production
    steps:
      - uses: actions/checkout@v4
      - name: Build the engine
        run: |
          set -o pipefail
          trtexec --onnx=model.onnx --saveEngine=model.plan --verbose 2>&1 | tee build.log
      - name: Reports
        if: always()
        run: |
          pharos doctor build.log --format json -o build.json
          pharos doctor build.log --format markdown >> "$GITHUB_STEP_SUMMARY"
      - name: Gate
        if: always()
        run: pharos doctor build.log --policy {} --format github
      - uses: actions/upload-artifact@v4
        if: always()
        with: {{name: build-report, path: "build.*"}}
)", policy);
}

}  // namespace

int doctor_init(Cli& cli, const std::string& path, bool force) {
  const std::string policy = path.empty() ? "pharos-policy.toml" : path;
  const std::filesystem::path folder = std::filesystem::path(policy).parent_path();
  const std::string snippet = (folder / "pharos-ci.yml").string();
  std::error_code ignored;
  for (const std::string& file : {policy, snippet}) {
    if (!force && std::filesystem::exists(file, ignored)) {
      return cli.fail({diag::option_value_invalid, {{"option", "init"}, {"actual", file}, {"expected", "a file that is not there yet, or --force"}}});
    }
  }
  if (auto written = write_file(policy, policy_template()); !written) return cli.fail(written.error());
  if (auto written = write_file(snippet, std::string_view(ci_snippet(policy))); !written) return cli.fail(written.error());
  cli.terminal().out_line(fmt::format("{}: what may pass; {}: how to run it in CI", policy, snippet));
  return exit_fine;
}

}  // namespace pharos
