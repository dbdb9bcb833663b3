// Dynamic shapes and optimisation profiles.

#include <algorithm>

#include "catalog/log_shapes.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category shapes = Category::DynamicShape;

// "(-1, 3, -1, -1)" -> "1x3x?x?" with the batch and the free sizes filled in.
std::string dims_text(std::string_view dims, std::string_view batch, std::string_view size) {
  std::string out;
  size_t index = 0;
  for (size_t i = 0; i < dims.size();) {
    if (dims[i] != '-' && (dims[i] < '0' || dims[i] > '9')) { ++i; continue; }
    size_t end = i + 1;
    while (end < dims.size() && dims[end] >= '0' && dims[end] <= '9') ++end;
    const std::string_view word = dims.substr(i, end - i);
    out += (out.empty() ? "" : "x") + std::string(word[0] != '-' ? word : index == 0 ? batch : size);
    ++index;
    i = end;
  }
  return out;
}

std::string tuple_text(std::string x) {
  std::replace(x.begin(), x.end(), 'x', ',');
  return "(" + x + ")";
}

// The option to type, with the names and dimensions that the log told.
std::optional<Finding> no_profile(const JudgeContext& c) {
  Finding f = c.finding();
  std::vector<std::string> names;
  std::string low, opt, high, first;
  for (const TensorFact& t : c.log.tensors) {
    if (!t.dynamic) continue;
    names.push_back(t.name + " " + t.dims);
    const std::string separator = low.empty() ? "" : ",";
    low += separator + t.name + ":" + dims_text(t.dims, "1", "224");
    opt += separator + t.name + ":" + dims_text(t.dims, "4", "224");
    high += separator + t.name + ":" + dims_text(t.dims, "16", "224");
    if (first.empty()) first = t.name;
  }
  const std::string plain = first.empty() ? "input" : first;
  if (first.empty()) { low = "input:1x3x224x224"; opt = "input:4x3x224x224"; high = "input:16x3x224x224"; }
  const auto dims_of = [](const std::string& option) { const size_t colon = option.find(':'); return tuple_text(option.substr(colon + 1, option.find(',') - colon - 1)); };
  add_argument(f, "inputs", names.empty() ? "of the model" : listed(names, 6, Language::English));
  set_argument(f, "option_min", low);
  set_argument(f, "option_opt", opt);
  set_argument(f, "option_max", high);
  set_argument(f, "first", plain);
  set_argument(f, "min_dims", dims_of(low));
  set_argument(f, "opt_dims", dims_of(opt));
  set_argument(f, "max_dims", dims_of(high));
  return f;
}

// Placeholders without a value take what the message says.
std::optional<Finding> told(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "what", c.hits.front().text.substr(0, 400));
  add_argument(f, "input", "an input");
  add_argument(f, "given", "another shape");
  add_argument(f, "range", "another range");
  add_argument(f, "why", c.hits.front().text.substr(0, 300));
  add_argument(f, "which", "a value");
  add_argument(f, "suggestion", "");
  return f;
}

size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::optional<Finding> unknown_name(const JudgeContext& c) {
  Finding f = *told(c);
  const std::string name(f.report.argument("input"));
  const TensorFact* best = nullptr;
  for (const TensorFact& t : c.log.tensors) {
    if (!best || distance(t.name, name) < distance(best->name, name)) best = &t;
  }
  if (best) set_argument(f, "suggestion", " (did you mean '" + best->name + "'?)");
  return f;
}

}  // namespace

void define_shapes(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge = told, Role role = Role::Cause) {
    rules.add({.diagnostic = &d, .category = shapes, .role = role, .rank = rank, .triggers = std::move(t), .judge = judge, .samples = std::move(s)});
  };
  add(diag::log_profile_missing, 72, {{"no optimization profile has been defined"}, {"Input dimensions must be specified for dynamic"}, {"dynamic or shape inputs, but no"}},
      {{"[E] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network has dynamic or shape inputs, but no optimization profile has been defined.)", true},
       {"[ERROR] Network validation failed. Input dimensions must be specified for dynamic shapes.", true}, {"[I] optimization profile 0", false}}, no_profile);
  add(diag::log_profile_incomplete, 70, {{"dynamic input is missing dimensions", R"((?P<input>[^\s(]+): dynamic input is missing dimensions in profile (?P<profile>\d+))"}}, {{"[E] x: dynamic input is missing dimensions in profile 0.", true}, {"[I] profile", false}});
  add(diag::log_profile_rank, 70, {{"number of dimensions is ", R"((?P<input>[^\s(]+): number of dimensions is (?P<expected>\d+) but profile (?P<profile>\d+) has (?P<actual>\d+))"}}, {{"[E] x: number of dimensions is 4 but profile 0 has 3.", true}, {"[I] dimensions", false}});
  add(diag::log_profile_static_dim, 70, {{"does not match network definition", R"((?P<input>[^\s(]+): for dimension number (?P<index>\d+) in profile (?P<profile>\d+) does not match network definition \(got (?P<given>[^)]*)\), expected min=opt=max=(?P<fixed>\d+))"}},
      {{"[E] x: for dimension number 2 in profile 0 does not match network definition (got min=224, opt=320, max=640), expected min=opt=max=224).", true}, {"[I] network definition", false}});
  add(diag::log_profile_order, 68, {{"must satisfy MIN<=OPT<=MAX"}, {"optimization profile is invalid"}, {"set dimensions to profile"}, {"MIN <= OPT <= MAX", ""}}, {{"[E] Specified optimization profiles must satisfy MIN<=OPT<=MAX.", true}, {"[I] MIN=1x3 OPT=1x3", false}});
  add(diag::log_profile_contradiction, 66, {{"violate shape constraints", R"((?P<which>k(?:MIN|OPT|MAX)) values for profile \d+ violate shape constraints: (?P<why>.*))"}}, {{"[E] kOPT values for profile 0 violate shape constraints: reshape would change volume. Condition '==' violated: 3 != 4.", true}, {"[I] constraints", false}});
  add(diag::log_shape_out_of_range, 74, {{"does not satisfy any optimization profile", R"(^(?:.*?Set dimension (?P<given>\[[^\]]*\]) for tensor (?P<input>\S+) does not.*?(?:Valid range for profile \d+: (?P<range>\[[^\]]*\]\.\.\[[^\]]*\])|$))?)"},
                                         {"satisfyProfile", R"(^(?:.*?Set dimension (?P<given>\[[^\]]*\]) for tensor\s+(?P<input>\S+).*?(?:range for profile \d+: (?P<range>\[[^\]]*\]\.\.\[[^\]]*\]))?)?)"},
                                         {"shape out of range", R"((?i)shape out of range:? (?:for )?(?:input )?'?(?P<input>[\w./:]+?)'?:? (?:got|is|has) (?P<given>\S+?),? (?:but )?(?:the )?max(?:imum)?(?: is)? (?P<range>\S+))"},
                                         {"exceed min ~ max range", R"(dimension (?P<given>\[[^\]]*\]) for (?P<input>bindings\[\d+\]) exceed min ~ max range(?:.*?maximum dimension in profile is (?P<range>\d+))?)"}},
      {{"[E] IExecutionContext::setInputShape: Error Code 3: API Usage Error (Parameter check failed, condition: satisfyProfile. Set dimension [6,128] for tensor x does not satisfy any optimization profiles. Valid range for profile 0: [10,128]..[30,128].)", true},
       {"[E] 3: Supplied binding dimension [8,3] for bindings[0] exceed min ~ max range at index 0, maximum dimension in profile is 4, minimum dimension in profile is 1, but supplied dimension is 8.", true}, {"[I] profile ok", false}});
  add(diag::log_shape_static_mismatch, 68, {{"Static dimension mismatch"}, {"has wrong shape", R"((?i)input \S+ has wrong shape:? expected)"}, {"engineDims.d[i] == dims.d[i]"}, {"do not match the static shapes"}}, {{"[E] Static dimension mismatch while setting input shape for x. Set dimensions are [8,3,224,224]. Expected dimensions are [1,3,224,224].", true}, {"[I] static", false}});
  add(diag::log_shapes_not_set, 70, {{"allInputDimensionsSpecified"}, {"Not all input shapes specified"}, {"input dimensions are not specified"}, {"all input dimensions specified", "(?i)not all"}}, {{"[TRT] [E] 3: [executionContext.cpp::resolveSlots::1541] Error Code 3: API Usage Error (Parameter check failed, condition: allInputDimensionsSpecified(routine)", true}, {"[I] specified", false}});
  add(diag::log_static_with_shapes, 72, {{"Static model does not take explicit shapes"}, {"built with static shapes for input tensor"}}, {{"[E] Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself", true}, {"[I] static model", false}});
  add(diag::log_shape_name_unknown, 70, {{"Cannot find input tensor with name", R"x(with name "(?P<input>[^"]+)")x"}, {"Invalid tensor names found in", R"((?P<input>--\w+))"}}, {{"[E] Cannot find input tensor with name \"imput\" in the network inputs! Please make sure the input tensor names are correct.", true}, {"[I] input", false}}, unknown_name);
  add(diag::log_shape_values_missing, 66, {{"missing values for shape input"}, {"Values missing for input shape tensor"}}, {{"[E] optimization profile is missing values for shape input", true}, {"[I] values", false}});
  add(diag::log_named_dims_differ, 68, {{"named dimensions that share the same name", "(?P<what>For input: .*)"}}, {{"[E] For input: 'b' all named dimensions that share the same name must be equal. Note: Named dimensions were present on the following inputs", true}, {"[I] named", false}});
  add(diag::log_shape_assertion, 64, {{"IAssertionLayer", R"((?P<what>condition\[\d+\] is false.*))"}, {"condition[0] is false", R"((?P<what>condition\[\d+\] is false.*))"}}, {{"[E] 4: [graphShapeAnalyzer.cpp::processCheck::727] Error Code 4: Internal Error (IAssertionLayer (Unnamed Layer* 5) [Assertion]: condition[0] is false: 0. message)", true}, {"[V] IAssertionLayer added", false}});
  add(diag::log_shapes_overridden, 20, {{"Automatically overriding shape to", R"(required for input: (?P<input>.+?), but no shapes were provided\. Automatically overriding shape to: (?P<shape>\S+))"}, {"Shape missing for input with dynamic shape", R"(dynamic shape: *(?P<input>\S+?)\.? ?(?:Automatically setting shape to: (?P<shape>\S+))?$)"}},
      {{"[W] Dynamic dimensions required for input: x, but no shapes were provided. Automatically overriding shape to: 1x3x1x1", true}, {"[I] shapes: x", false}}, told, Role::Note);
  add(diag::log_profile_edge, 46, {{"value of this profile is not valid"}}, {{"[W] Min value of this profile is not valid", true}, {"[I] valid", false}});
  add(diag::log_request_too_long, 66, {{"exceeds maximum input length", R"((?i)(?P<what>\w+ (?:length|len)\b.{0,40}exceeds.{0,80}))"}, {"exceeds max_input_len", R"((?P<what>.{0,80}exceeds.{0,60}))"}, {"should not exceed max_seq_len", R"((?P<what>.{0,120}should not exceed max_seq_len.{0,40}))"},
                                        {"exceeds maximum sequence length", R"((?P<what>.{0,80}exceeds.{0,60}))"}, {"exceed max_num_tokens", R"((?P<what>.{0,80}exceed.{0,60}))"}, {"exceeds max_num_tokens", R"((?P<what>.{0,80}exceeds.{0,60}))"}},
      {{"[TensorRT-LLM][ERROR] Encountered an error when fetching new request: Prompt length (9011) exceeds maximum input length (8191). Set log level to info", true}, {"[TensorRT-LLM][INFO] TRTGptModel maxInputLen: 8191", false}});
  add(diag::log_server_shape, 64, {{"model expected the shape of dimension"}, {"request specifies invalid shape"}, {"unexpected shape for input"}, {"Got invalid dimensions for input"}}, {{"E0719 03:50:23.455711 1 infer.cc:40] model expected the shape of dimension 1 to be between 1 and 8 but received 16", true}, {"I0719 03:50:23.455711 1 infer.cc:40] shape ok", false}});
  add(diag::log_explicit_batch, 70, {{"explicit batch dimension", R"((?i)only supports (?:networks|TensorRT INetworkDefinitions) with an explicit|requires? (?:an )?explicit|missing explicit)"}, {"explicit batch is required"}, {"hasImplicitBatchDimension()", R"((?i)only supports|!\S*hasImplicit|INVALID)"}}, {{"[E] In node -1 (importModel): INVALID_VALUE: Assertion failed: !mImporterCtx.network()->hasImplicitBatchDimension() && This version of the ONNX parser only supports networks with an explicit batch dimension", true}, {"[I] Max batch: explicit batch", false}});
}

}  // namespace pharos
