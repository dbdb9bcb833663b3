#include "engine/engine_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "base/files.h"
#include "base/hash.h"
#include "base/leased_map.h"
#include "base/text.h"
#include "catalog/engine.h"
#include "engine/layout.h"
#include "engine/plan_bytes.h"

namespace pharos {
namespace {

constexpr int64_t max_file_bytes = int64_t{64} << 30;
constexpr uint64_t least_mapped_bytes = 256 << 10;  // below, a copy is cheaper than a lease
constexpr int loading_threads = 4;  // more do not make memory faster

Threads threads() { return Threads(std::min(loading_threads, available_cpus())); }

uint64_t aligned(uint64_t n, uint64_t alignment) { return (n + alignment - 1) / alignment * alignment; }

// Where an engine comes from: a file or somebody's memory.
struct Source {
  uint64_t size = 0;
  layout::Fetch fetch;
  const File* file = nullptr;
};

Source source_of(const File& file) {
  return {uint64_t(file.size()),
          [&file](uint64_t offset, std::span<std::byte> out) { return file.read_at(int64_t(offset), out); }, &file};
}

Source source_of(std::span<const std::byte> bytes) {
  return {bytes.size(), [bytes](uint64_t offset, std::span<std::byte> out) -> Result<void> {
            std::memcpy(out.data(), bytes.data() + offset, out.size());
            return {};
          }, nullptr};
}

Result<layout::Header> read_header(const Source& source) {
  std::array<std::byte, layout::header_bytes> start{};
  const std::span known(start.data(), std::min<uint64_t>(source.size, start.size()));
  if (!known.empty()) PHAROS_TRY(source.fetch(0, known));
  return layout::decode(known, source.size);
}

Result<Bytes> read_section(const Source& source, const layout::Section& section, const char* name) {
  Bytes out = PHAROS_TRY(allocate_bytes(section.size));
  const layout::Fetch fetch = [&](uint64_t offset, std::span<std::byte> to) {
    return source.fetch(section.offset + offset, to);
  };
  const uint64_t sum = PHAROS_TRY(layout::fetch_and_checksum({out.data, out.size}, fetch, threads()));
  if (sum != section.checksum) return Report(diag::engine_checksum, {{"section", name}});
  return out;
}

// Of bytes that take no memory of this process: they pass through a small buffer.
Result<uint64_t> hash_in_passing(const File& file, uint64_t offset, size_t size) {
  std::array<std::byte, 64 << 10> buffer;
  Hasher hasher;
  for (size_t done = 0; done < size;) {
    const std::span part(buffer.data(), std::min(size - done, buffer.size()));
    PHAROS_TRY(file.read_at(int64_t(offset + done), part));
    hasher.update(part);
    done += part.size();
  }
  return hasher.digest64();
}

// Weights stay where they are in the page cache if nobody can change them there. Of the tables among them a process holds
// only what it has looked up.
Result<Bytes> weights_of(const Source& source, const layout::Section& section, std::span<const std::byte> plan) {
  std::optional<Bytes> file;
  if (source.file && section.size >= least_mapped_bytes) file = map_under_lease(*source.file);
  if (!file) return read_section(source, section, "weights");
  const Bytes out{file->owner, file->data + section.offset, section.size};
  const std::vector<Stretch> tables = lookup_tables(plan);
  const auto hash = [&](uint64_t offset, size_t size) -> Result<uint64_t> {
    const auto holds_all = [&](const Stretch& s) { return s.first <= offset && offset + size <= s.last; };
    if (std::any_of(tables.begin(), tables.end(), holds_all)) return hash_in_passing(*source.file, section.offset + offset, size);
    const std::span piece(out.data + offset, size);
    PHAROS_TRY(populate(piece, source.file->path()));
    return hash64(piece);
  };
  const uint64_t sum = PHAROS_TRY(layout::checksum(out.size, hash, threads()));
  if (sum != section.checksum) return Report(diag::engine_checksum, {{"section", "weights"}});
  return out;
}

bool runs_here(Isa built, Isa here) {
  if (built == Isa::Portable || built == here) return true;
  return built != Isa::Aarch64 && here != Isa::Aarch64 && built < here;
}

// The version is in the header; what a plan of another version means is anybody's guess.
Result<void> check_version(const layout::Header& h) {
  if (h.pharos_version == PHAROS_VERSION) return {};
  return Report(diag::engine_version, {{"built", h.pharos_version}, {"here", PHAROS_VERSION}});
}

Result<void> check_isa(const layout::Header& h, const std::string& cpu) {
  const Isa here = this_cpu(1).isa;
  for (int i = 0; i <= int(Isa::Aarch64); ++i)
    if (isa_name(Isa(i)) == h.isa && runs_here(Isa(i), here)) return {};
  return Report(diag::engine_isa, {{"built", h.isa}, {"cpu", cpu.empty() ? "unknown processor" : escape_control(cpu)},
                                   {"here", std::string(isa_name(here))}});
}

Result<Plan> load(const Source& source) {
  const layout::Header header = PHAROS_TRY(read_header(source));
  PHAROS_TRY(check_version(header));
  const Bytes plan = PHAROS_TRY(read_section(source, header.plan, "plan"));
  PHAROS_TRY(check_isa(header, ""));
  const Bytes weights = PHAROS_TRY(weights_of(source, header.weights, plan.span()));
  Plan out = PHAROS_TRY(decode_plan(plan.span(), {{weights.data, weights.size}, weights.owner}));
  if (isa_name(out.device.isa) != header.isa)
    return Report(diag::engine_malformed, {{"details", "header and plan name different instruction sets"}});
  return out;
}

Result<InspectedPlan> inspect(const Source& source) {
  const layout::Header header = PHAROS_TRY(read_header(source));
  const Bytes plan = PHAROS_TRY(read_section(source, header.plan, "plan"));
  // Addresses for the weights, but never touched: large blocks cost nothing.
  const Bytes weights = PHAROS_TRY(allocate_bytes(header.weights.size));
  Plan out = PHAROS_TRY(decode_plan(plan.span(), {{weights.data, weights.size}, weights.owner, false}));
  return InspectedPlan{std::move(out), header.pharos_version};
}

Result<File> open_engine(const std::string& path) {
  File file = PHAROS_TRY(File::open(path));
  if (file.size() > max_file_bytes)
    return Report(diag::engine_too_large,
                  {{"what", path}, {"actual", bytes_text(file.size())}, {"limit", bytes_text(max_file_bytes)}});
  return file;
}

}  // namespace

Result<std::vector<std::byte>> serialize_plan(const Plan& plan) {
  const PlanBytes bytes = PHAROS_TRY(encode_plan(plan));
  layout::Header header;
  header.pharos_version = PHAROS_VERSION;
  header.isa = isa_name(plan.device.isa);
  header.plan = {layout::header_bytes, bytes.plan.size(), 0};
  header.weights = {aligned(header.plan.offset + header.plan.size, layout::weights_alignment), bytes.weights.size, 0};
  header.file_size = header.weights.offset + header.weights.size;
  if (header.file_size > uint64_t(max_file_bytes))
    return Report(diag::engine_too_large, {{"what", "the engine"},
                                           {"actual", bytes_text(int64_t(header.file_size))},
                                           {"limit", bytes_text(max_file_bytes)}});
  std::vector<std::byte> out(header.file_size);
  std::memcpy(out.data() + header.plan.offset, bytes.plan.data(), bytes.plan.size());
  for (const auto& [tensor, offset] : bytes.weights.places)
    std::memcpy(out.data() + header.weights.offset + offset, tensor->data(), tensor->bytes());
  for (layout::Section* s : {&header.plan, &header.weights})
    s->checksum = layout::checksum(std::span(out).subspan(s->offset, s->size), threads());
  const auto start = layout::encode(header);
  std::copy(start.begin(), start.end(), out.begin());
  return out;
}

Result<Plan> load_plan(const std::string& path) {
  const File file = PHAROS_TRY(open_engine(path));
  return load(source_of(file));
}

Result<Plan> load_plan(std::span<const std::byte> bytes) { return load(source_of(bytes)); }

Result<InspectedPlan> inspect_plan(const std::string& path) {
  const File file = PHAROS_TRY(open_engine(path));
  return inspect(source_of(file));
}

}  // namespace pharos
