// Compiles an ONNX model with fixed input shapes, runs it once on zeros and prints the start of each output.
#include <pharos/builder.h>
#include <pharos/engine.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace {

int fail(const pharos::Report& report) {
  std::fprintf(stderr, "%s\n", report.text().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: build_and_run MODEL.onnx\n");
    return 2;
  }
  auto built = pharos::build(argv[1], {});
  if (!built) return fail(built.error());
  auto engine = pharos::Engine::load(built->bytes);
  if (!engine) return fail(engine.error());
  auto context = (*engine)->create_context();
  if (!context) return fail(context.error());

  std::vector<std::vector<std::byte>> buffers;  // ours: the context only points to them
  for (const pharos::Binding& input : (*engine)->info().inputs) {
    const size_t bytes = size_t(*pharos::element_count(input.dims)) * pharos::dtype_size(input.dtype);
    buffers.emplace_back(bytes);
    if (auto r = (*context)->set_input(input.name, {buffers.back().data(), input.dtype, input.dims, bytes}); !r) return fail(r.error());
  }
  pharos::RunTimes times;
  if (auto r = (*context)->run(&times); !r) return fail(r.error());
  std::printf("ran in %.3f ms\n", times.compute_ms);

  for (const pharos::Binding& output : (*engine)->info().outputs) {
    auto view = (*context)->output(output.name);
    if (!view) return fail(view.error());
    std::printf("%s %s:", output.name.c_str(), pharos::dims_text(view->dims).c_str());
    if (view->dtype == pharos::DType::f32) {
      const auto* values = static_cast<const float*>(view->data);
      const size_t count = std::min<size_t>(5, view->bytes / sizeof(float));
      for (size_t i = 0; i < count; ++i) std::printf(" %g", values[i]);
    }
    std::printf("\n");
  }
}
