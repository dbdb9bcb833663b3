#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

struct PairHash {
  size_t operator()(const std::pair<int64_t, int64_t>& p) const {
    return size_t(uint64_t(p.first) * 0x9e3779b97f4a7c15u ^ (uint64_t(p.second) + 0x7f4a7c15u) * 0xc2b2ae3d27d4eb4fu);
  }
};

// The n-grams of the pool as a trie over token numbers; `coordinate` of a trie node is the place in the output, or -1.
struct Vocabulary {
  std::unordered_map<std::string, int64_t> words;
  std::unordered_map<int64_t, int64_t> numbers;
  std::unordered_map<std::pair<int64_t, int64_t>, int64_t, PairHash> next;
  std::vector<int64_t> coordinate{-1};
  int64_t outputs = 0;
  std::vector<float> weights;
  std::string mode;
  int64_t shortest = 1, longest = 1, skips = 0;

  int64_t child(int64_t node, int64_t token) {
    const auto [it, added] = next.try_emplace({node, token}, int64_t(coordinate.size()));
    if (added) coordinate.push_back(-1);
    return it->second;
  }
};

Result<std::vector<int64_t>> pool_tokens(const Node& node, Vocabulary& v) {
  std::vector<int64_t> tokens;
  const auto* strings = node.attr<std::vector<std::string>>("pool_strings");
  const auto* ints = node.attr<std::vector<int64_t>>("pool_int64s");
  const bool has_strings = strings && !strings->empty(), has_ints = ints && !ints->empty();
  if (has_strings == has_ints)
    return bad_attribute(node, "pool_strings", has_ints ? "given beside pool_int64s" : "missing", "exactly one pool");
  if (has_strings)
    for (const std::string& s : *strings)
      tokens.push_back(v.words.try_emplace(s, int64_t(v.words.size())).first->second);
  else
    for (const int64_t i : *ints) tokens.push_back(v.numbers.try_emplace(i, int64_t(v.numbers.size())).first->second);
  return tokens;
}

Result<void> read_lengths(const Node& node, Vocabulary& v) {
  v.mode = node.attr_string("mode");
  if (v.mode != "TF" && v.mode != "IDF" && v.mode != "TFIDF")
    return bad_attribute(node, "mode", "'" + v.mode + "'", "TF, IDF or TFIDF");
  v.shortest = node.attr_int("min_gram_length");
  v.longest = node.attr_int("max_gram_length");
  v.skips = node.attr_int("max_skip_count");
  if (v.shortest < 1) return bad_attribute(node, "min_gram_length", std::to_string(v.shortest), "1 or more");
  if (v.longest < v.shortest)
    return bad_attribute(node, "max_gram_length", std::to_string(v.longest), "min_gram_length or more");
  if (v.skips < 0) return bad_attribute(node, "max_skip_count", std::to_string(v.skips), "0 or more");
  return {};
}

Result<Vocabulary> vocabulary(const Node& node) {
  Vocabulary v;
  PHAROS_TRY(read_lengths(node, v));
  const std::vector<int64_t> tokens = PHAROS_TRY(pool_tokens(node, v));
  const std::vector<int64_t> starts = node.attr_ints("ngram_counts"), indexes = node.attr_ints("ngram_indexes");
  v.weights = node.attr_floats("weights");
  if (indexes.empty()) return bad_attribute(node, "ngram_indexes", "empty", "one index per n-gram");
  for (const int64_t i : indexes) {
    if (i < 0 || i == INT64_MAX) return bad_attribute(node, "ngram_indexes", std::to_string(i), "0 or more");
    v.outputs = std::max(v.outputs, i + 1);
  }
  if (!v.weights.empty() && v.weights.size() != indexes.size())
    return bad_attribute(node, "weights", fmt::format("of {} elements", v.weights.size()),
                         fmt::format("{} elements", indexes.size()));
  size_t gram = 0;
  for (size_t k = 0; k < starts.size(); ++k) {
    const int64_t first = starts[k], last = k + 1 < starts.size() ? starts[k + 1] : int64_t(tokens.size());
    const int64_t length = int64_t(k) + 1;
    if (first < 0 || last < first || last > int64_t(tokens.size()))
      return bad_attribute(node, "ngram_counts", std::to_string(first),
                           fmt::format("rising positions up to {}", tokens.size()));
    if ((last - first) % length != 0)
      return bad_attribute(node, "ngram_counts", fmt::format("{} tokens for {}-grams", last - first, length),
                           "a multiple");
    for (int64_t at = first; at < last; at += length, ++gram) {
      if (gram >= indexes.size())
        return bad_attribute(node, "ngram_indexes", fmt::format("of {} elements", indexes.size()),
                             "one index per n-gram");
      if (length < v.shortest || length > v.longest) continue;
      int64_t place = 0;
      for (int64_t i = 0; i < length; ++i) place = v.child(place, tokens[size_t(at + i)]);
      v.coordinate[size_t(place)] = indexes[gram];
    }
  }
  return v;
}

std::vector<int64_t> numbered(const Vocabulary& v, const Tensor& x) {
  std::vector<int64_t> out;
  out.reserve(size_t(x.count()));
  for (int64_t i = 0; i < x.count(); ++i) {
    int64_t token = -1;
    if (x.dtype() == DType::string) {
      if (const auto it = v.words.find(x.as<std::string>()[size_t(i)]); it != v.words.end()) token = it->second;
    } else if (const auto it = v.numbers.find(x.int_at(i)); it != v.numbers.end()) {
      token = it->second;
    }
    out.push_back(token);
  }
  return out;
}

// Adds the n-grams of one row whose tokens are `step` apart.
void count_grams(const Vocabulary& v, std::span<const int64_t> row, int64_t step, bool unigrams,
                 std::span<float> counts) {
  const int64_t n = int64_t(row.size());
  for (int64_t start = 0; start < n; ++start) {
    int64_t place = 0;
    for (int64_t at = start, length = 1; at < n && length <= v.longest; at += step, ++length) {
      const auto it = v.next.find({place, row[size_t(at)]});
      if (row[size_t(at)] < 0 || it == v.next.end()) break;
      place = it->second;
      if (const int64_t c = v.coordinate[size_t(place)]; c >= 0 && (length > 1 || unigrams)) counts[size_t(c)] += 1;
    }
  }
}

void weigh(const Vocabulary& v, std::span<float> counts) {
  for (size_t i = 0; i < counts.size(); ++i) {
    const float weight = i < v.weights.size() ? v.weights[i] : 1.0f;
    if (v.mode == "IDF") counts[i] = counts[i] > 0 ? weight : 0;
    else if (v.mode == "TFIDF") counts[i] *= weight;
  }
}

Result<void> infer(InferContext& c) {
  const Vocabulary v = PHAROS_TRY(vocabulary(c.node()));
  Type out = Type::tensor(DType::f32);
  if (const auto& shape = c.input(0).shape) {
    if (shape->size() > 2) return bad_input(c.node(), 0, fmt::format("of rank {}", shape->size()), "rank 1 or 2");
    out.shape = shape->size() == 2 ? Shape{(*shape)[0], Dim(v.outputs)} : Shape{Dim(v.outputs)};
  }
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Vocabulary v = PHAROS_TRY(vocabulary(node));
  const Tensor& x = c.input(0);
  if (x.rank() > 2) return bad_input(node, 0, fmt::format("of rank {}", x.rank()), "rank 1 or 2");
  if ((x.dtype() == DType::string) != v.numbers.empty())
    return bad_input(node, 0, fmt::format("of element type {}", dtype_name(x.dtype())),
                     v.numbers.empty() ? "strings, as the pool" : "integers, as the pool");
  const int64_t rows = x.rank() == 2 ? x.dim(0) : 1;
  const int64_t length = rows == 0 ? 0 : x.count() / rows;
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, x.rank() == 2 ? Dims{rows, v.outputs} : Dims{v.outputs}));
  const auto y = out.as<float>();
  std::fill(y.begin(), y.end(), 0.0f);
  const std::vector<int64_t> tokens = numbered(v, x);
  for (int64_t r = 0; r < rows; ++r) {
    const auto row = std::span(tokens).subspan(size_t(r * length), size_t(length));
    const auto counts = y.subspan(size_t(r * v.outputs), size_t(v.outputs));
    // No pair of tokens is further apart than the row is long.
    const int64_t steps = std::min(v.skips, std::max<int64_t>(0, length - 1)) + 1;
    for (int64_t step = 1; step <= steps; ++step) count_grams(v, row, step, step == 1, counts);
    weigh(v, counts);
  }
  return {};
}

}  // namespace

void define_tf_idf_vectorizer(OpSet& ops) {
  ops.add({
      .name = "TfIdfVectorizer",
      .since = 9,
      .doc = "Counts the n-grams of a vocabulary in each row of tokens. `weights` are taken by output position.",
      .inputs = {{"X", types::string | types::indices}},
      .outputs = {{"Y", types::f32}},
      .attributes = {{"mode", AttrType::String, true, "TF, IDF or TFIDF"},
                     {"min_gram_length", AttrType::Int, true},
                     {"max_gram_length", AttrType::Int, true},
                     {"max_skip_count", AttrType::Int, true},
                     {"ngram_counts", AttrType::Ints, true, "where the n-grams of each length start in the pool"},
                     {"ngram_indexes", AttrType::Ints, true, "output position of each n-gram"},
                     {"pool_int64s", AttrType::Ints},
                     {"pool_strings", AttrType::Strings},
                     {"weights", AttrType::Floats, false, "default 1 for each"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
