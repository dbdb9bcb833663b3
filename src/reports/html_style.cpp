#include "reports/html_style.h"

#include <array>
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace pharos {
namespace {

constexpr std::array<ColorToken, 24> tokens{{
    {"bg", "#f6f7f9", "#11151a"},
    {"panel", "#ffffff", "#181d24"},
    {"sunken", "#f3f5f8", "#12161c"},
    {"line", "#dde2e8", "#2b333d"},
    {"control", "#7c8794", "#6f7c8a"},
    {"text", "#1c2229", "#e2e7ed"},
    {"muted", "#56616d", "#9aa6b3"},
    {"link", "#1d5a9e", "#86b6ec"},
    {"error", "#b3261e", "#ff9a90"},
    {"warning", "#855400", "#e8b85f"},
    {"ok", "#19713e", "#6dca97"},
    {"info", "#2f5f8c", "#8fbbe4"},
    {"error-soft", "#fdf1ef", "#2a1a1b"},
    {"warning-soft", "#fdf6e7", "#282115"},
    {"ok-soft", "#edf7f1", "#14251c"},
    {"info-soft", "#eff4fa", "#17212c"},
    {"build", "#3d72ad", "#6c9fd8"},
    {"run", "#23806f", "#55b5a2"},
    {"gpu", "#2a68ac", "#7fb2ea"},
    {"cpu", "#96681a", "#d0aa60"},
    {"grid", "#e6eaef", "#262e37"},
    {"band", "#d6e4f3", "#22364b"},
    {"hit", "#fff3d6", "#332a14"},
    {"copy", "#8a6fa8", "#a78fc7"},
}};

constexpr std::array<ContrastRule, 39> rules{{
    {"text", "bg", 7},
    {"text", "panel", 7},
    {"text", "sunken", 7},
    {"text", "hit", 7},
    {"text", "error-soft", 7},
    {"text", "warning-soft", 7},
    {"text", "ok-soft", 7},
    {"text", "info-soft", 7},
    {"muted", "bg", 4.5},
    {"muted", "panel", 4.5},
    {"muted", "sunken", 4.5},
    {"muted", "hit", 4.5},
    {"muted", "error-soft", 4.5},
    {"muted", "warning-soft", 4.5},
    {"muted", "ok-soft", 4.5},
    {"muted", "info-soft", 4.5},
    {"link", "bg", 4.5},
    {"link", "panel", 4.5},
    {"link", "sunken", 4.5},
    {"error", "panel", 4.5},
    {"error", "error-soft", 4.5},
    {"error", "bg", 4.5},
    {"error", "sunken", 4.5},
    {"warning", "panel", 4.5},
    {"warning", "warning-soft", 4.5},
    {"warning", "bg", 4.5},
    {"warning", "sunken", 4.5},
    {"ok", "panel", 4.5},
    {"ok", "ok-soft", 4.5},
    {"ok", "bg", 4.5},
    {"info", "panel", 4.5},
    {"info", "info-soft", 4.5},
    {"info", "bg", 4.5},
    {"build", "panel", 3},
    {"run", "panel", 3},
    {"gpu", "panel", 3},
    {"cpu", "panel", 3},
    {"copy", "panel", 3},
    {"control", "panel", 3},
}};

constexpr std::string_view rules_css = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:16px}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:break-word}
h1,h2,h3,h4,p,figure,ol,ul,dl,dd,pre,table{margin:0;padding:0}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:2px}
code,pre,.mono,.ln{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","Noto Sans Mono CJK SC",
monospace;font-size:.87em}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.page{max-width:1240px;margin:0 auto;padding:24px 24px 64px}
.brand{display:flex;justify-content:space-between;gap:8px 24px;flex-wrap:wrap;color:var(--muted);font-size:13px;
margin-bottom:12px}
.brand b{color:var(--text);font-weight:600}
.verdict{background:var(--panel);border:1px solid var(--line);border-left:5px solid var(--info);border-radius:8px;
padding:20px 24px}
.verdict.error{border-left-color:var(--error)}.verdict.warning{border-left-color:var(--warning)}.verdict.ok{
border-left-color:var(--ok)}
.verdict h1{font-size:25px;line-height:1.25;font-weight:650;letter-spacing:-.01em;margin:2px 0 6px}
.kicker{font-size:13px;font-weight:600;color:var(--info)}
.error>.kicker,.error>summary .kicker{color:var(--error)}.warning>.kicker,.warning>summary .kicker{color:var(--warning)}
.ok>.kicker{color:var(--ok)}
.lead{font-size:16px;max-width:75ch}
.where{color:var(--muted);font-size:13px;margin-top:10px}
.columns{display:grid;grid-template-columns:210px minmax(0,1fr);gap:32px;margin-top:24px}
nav{position:sticky;top:16px;align-self:start;max-height:calc(100vh - 32px);overflow-y:auto;font-size:14px}
nav ul{list-style:none}
nav li{margin:0}
nav a{display:block;padding:4px 10px;border-radius:5px;color:var(--muted);text-decoration:none;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap}
nav a:hover{background:var(--panel);color:var(--text)}
nav .head>a{color:var(--text);font-weight:600;margin-top:8px}
nav .dot{margin-right:7px}
nav small{display:block;font-weight:400;font-size:12.5px;color:var(--muted);padding-left:19px;white-space:normal;
line-height:1.35}
.jump{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:13.5px;margin:6px 0 16px}
main>section{margin-bottom:40px}
h2{font-size:20px;line-height:1.3;font-weight:650;margin-bottom:4px}
h3{font-size:16px;font-weight:650;margin:28px 0 10px}
main>section>h3:first-child{margin-top:0}
.sub{color:var(--muted);font-size:13.5px}
.panel,.finding,.chart,.minor{background:var(--panel);border:1px solid var(--line);border-radius:8px}
.panel{padding:16px 20px}
.finding,.chart,.minor{margin-top:12px}
.finding{padding:0 20px}
.finding>summary{display:block;list-style:none;padding:14px 26px 14px 0;position:relative;color:inherit;
font-size:inherit}
.finding>summary::-webkit-details-marker{display:none}
.finding>summary::after{content:"";position:absolute;right:4px;top:22px;width:8px;height:8px;
border-right:2px solid var(--control);border-bottom:2px solid var(--control);transform:rotate(45deg)}
.finding[open]>summary::after{transform:rotate(-135deg);top:26px}
.finding[open]{padding-bottom:18px}.finding[open]>summary{padding-bottom:0}
.finding .kicker{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline}
.kicker .code,.kicker .extra{color:var(--muted);font-weight:400}
.finding .title{display:block;font-size:17px;line-height:1.35;font-weight:650;margin:2px 0 3px}
.finding .message{display:block;max-width:80ch}
.finding h5{font-size:13px;font-weight:600;color:var(--muted);margin:16px 0 4px}
.finding p,.finding li{max-width:80ch}
.steps{padding-left:22px}
.steps li{margin-bottom:7px}
.steps li::marker{color:var(--muted);font-variant-numeric:tabular-nums}
code.cmd{background:var(--sunken);border:1px solid var(--line);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
.cmd .w{display:inline-block;max-width:100%}
pre.cmd{position:relative;background:var(--sunken);border:1px solid var(--line);border-radius:6px;padding:8px 10px;
margin:4px 0 2px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
button{font:inherit;font-size:12.5px;color:var(--link);background:var(--panel);border:1px solid var(--control);
border-radius:5px;padding:1px 8px;cursor:pointer}
button.copy{margin-left:6px;vertical-align:baseline}
.box{position:relative}
.box button.copy{position:absolute;top:6px;right:6px;margin:0}
.js pre.cmd{padding-right:76px}
.log{border:1px solid var(--line);border-radius:6px;overflow:hidden;margin-top:6px;background:var(--sunken)}
.log figcaption{font-size:12.5px;color:var(--muted);padding:4px 10px;border-bottom:1px solid var(--line);
overflow-wrap:anywhere}
.log .l{display:grid;grid-template-columns:6ch minmax(0,1fr);gap:10px;padding:1px 10px;font-size:12.5px;
line-height:1.55;color:var(--muted)}
.log .l .t{white-space:pre-wrap;overflow-wrap:anywhere;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,
"Liberation Mono","Noto Sans Mono CJK SC",monospace}
.log .ln{text-align:right;font-size:12px;line-height:1.6;user-select:none}
.log .hit{background:var(--hit);color:var(--text)}
.log .gap{color:var(--muted);padding:0 10px;font-size:12px;line-height:1.2;text-align:center}
.led{margin-top:14px;border-left:2px solid var(--line);padding-left:14px}
.led li{list-style:none;margin-bottom:6px}
.tag{display:inline-block;font-size:12px;color:var(--muted);border:1px solid var(--line);border-radius:10px;
padding:0 7px;margin-left:6px;white-space:nowrap}
.minor{padding:4px 20px}
.minor>summary,details>summary{cursor:pointer;padding:6px 0;color:var(--link);font-size:14px}
.minor .finding{border:0;border-top:1px solid var(--line);border-radius:0;padding-left:0;padding-right:0;margin:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(148px,1fr));background:var(--panel);
border:1px solid var(--line);border-radius:8px;overflow:hidden}
.tiles div{padding:12px 16px;box-shadow:1px 0 var(--line),0 1px var(--line)}
.tiles dt{font-size:12.5px;color:var(--muted)}
.tiles dd{font-size:19px;font-weight:600;font-variant-numeric:tabular-nums;letter-spacing:-.01em;overflow-wrap:anywhere;
line-height:1.35}
.facts{display:grid;grid-template-columns:minmax(110px,max-content) minmax(0,1fr);gap:5px 20px}
.facts dt{color:var(--muted)}
.facts dd{overflow-wrap:anywhere}
.chart{padding:16px 20px}
.chart figcaption{font-weight:600;margin-bottom:10px}
.note{color:var(--muted);font-size:13px;margin-top:8px;max-width:85ch}
svg{display:block;width:100%;height:auto;overflow:visible;font-size:12px}
.narrow{display:none}
svg text{fill:var(--text)}
svg .tick,svg .axis-title{fill:var(--muted)}
svg .value{font-variant-numeric:tabular-nums}
svg .strong{font-weight:600}
svg .grid{stroke:var(--grid)}
svg .axis{stroke:var(--control)}
svg .mark{stroke:var(--muted);stroke-dasharray:2 3}
svg .limit{stroke:var(--error);stroke-dasharray:5 4}
svg .build,.key.build{fill:var(--build);background:var(--build)}
svg .run,.key.run{fill:var(--run);background:var(--run)}
svg .density{fill:var(--gpu)}
svg rect.soft{opacity:.55}
svg .median{fill:var(--text)}
svg .range{stroke:var(--run);stroke-width:2}
svg line.gpu,svg path.gpu{stroke:var(--gpu);stroke-width:2.25;fill:none;stroke-linejoin:round}
svg line.cpu,svg path.cpu{stroke:var(--cpu);stroke-width:1.75;fill:none;stroke-dasharray:5 3}
svg line.managed,svg path.managed{stroke:var(--run);stroke-width:1.75;fill:none}
svg .managed-dot{fill:var(--run);stroke:var(--panel);stroke-width:1}
svg path.thin{stroke-width:1.4}
svg .gpu-dot{fill:var(--gpu);stroke:var(--panel);stroke-width:1}
svg .band{fill:var(--band)}
.key{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 6px 0 12px;vertical-align:-1px}
.key:first-child{margin-left:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
table.runs td:not(:last-child),table.runs th{white-space:nowrap}
th{text-align:left;font-weight:600;font-size:13px;color:var(--muted);white-space:nowrap}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
th:last-child,td:last-child{padding-right:0}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.layers .name{width:100%;min-width:150px}
.layers code{overflow-wrap:anywhere}
.bar{display:block;height:7px;margin-top:4px;border-radius:2px;background:var(--run)}
.bar.copy{background:var(--copy)}
.sev-error{color:var(--error);font-weight:600}.sev-warning{color:var(--warning);font-weight:600}.sev-info{
color:var(--info)}.sev-ok{color:var(--ok);font-weight:600}
.gate{margin-top:16px;padding:14px 20px;border-radius:8px;border:1px solid var(--line)}
.gate.fail{background:var(--error-soft)}.gate.pass{background:var(--ok-soft)}
.gate ul{padding-left:20px;margin-top:6px}
.gate li{overflow-wrap:anywhere}
.remark{margin-top:12px;padding:10px 20px;border-radius:8px;background:var(--warning-soft);border:1px solid var(--line)}
footer{color:var(--muted);font-size:13px;border-top:1px solid var(--line);padding-top:14px}
.tools{margin-top:10px}
@media (max-width:1000px){
.columns{grid-template-columns:minmax(0,1fr);gap:20px}
nav{position:static;max-height:190px;border:1px solid var(--line);border-radius:8px;background:var(--panel);padding:6px}
nav.many{display:none}
nav ul{display:flex;flex-wrap:wrap}
nav .head{flex-basis:100%}
nav .head>a{margin-top:0}
}
@media (max-width:760px){
.wide{display:none}.narrow{display:block;max-width:460px}
.page{padding:16px 14px 48px}
.verdict{padding:16px}.verdict h1{font-size:21px}
.chart,.panel,.gate,.remark{padding:14px}
.finding{padding-left:14px;padding-right:14px}
.minor{padding:4px 14px}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
.tiles div{padding:10px 12px}.tiles dd{font-size:17px}
.facts{grid-template-columns:minmax(0,1fr);gap:0}
.facts dd{margin-bottom:8px}
.log .l{grid-template-columns:5ch minmax(0,1fr);gap:8px;padding:1px 6px}
.log .l:not(.hit) .t{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
}
@media print{
body{font-size:11pt;background:#fff}
.page{max-width:none;padding:0}
nav,button,.tools{display:none}
.columns{display:block}
.wide{display:block}.narrow{display:none}
.finding,.chart,.tiles,.log,tr{break-inside:avoid}
h2,h3,h4{break-after:avoid}
a{color:inherit;text-decoration:none}
}
)css";

constexpr std::string_view script = R"js(
(function () {
var words = document.body.dataset;
document.body.classList.add("js");
document.querySelectorAll("[data-copy]").forEach(function (code) {
  var button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words.wordCopy;
  var done = function () {
    button.textContent = words.wordCopied;
    setTimeout(function () { button.textContent = words.wordCopy; }, 1500);
  };
  var bySelection = function () {
    var range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (document.execCommand("copy")) { done(); }
  };
  button.addEventListener("click", function () {
    if (navigator.clipboard) { navigator.clipboard.writeText(code.textContent).then(done, bySelection); }
    else { bySelection(); }
  });
  code.after(button);
});
addEventListener("beforeprint", function () {
  document.querySelectorAll("details").forEach(function (d) { d.open = true; });
});
})();
)js";

std::string variables(std::string_view ColorToken::*form) {
  std::string out;
  for (const ColorToken& t : tokens) out += fmt::format("--{}:{};", t.name, t.*form);
  return out;
}

double luminance(std::string_view hex) {
  const double weights[] = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (size_t i = 0; i < 3; ++i) {
    const double c = double(std::strtol(std::string(hex.substr(1 + 2 * i, 2)).c_str(), nullptr, 16)) / 255;
    sum += weights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

}  // namespace

std::span<const ColorToken> color_tokens() { return tokens; }
std::span<const ContrastRule> contrast_rules() { return rules; }

double contrast_ratio(std::string_view a, std::string_view b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

std::string style_sheet() {
  return fmt::format(
      ":root{{color-scheme:light dark;{}}}@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}{}",
      variables(&ColorToken::light), variables(&ColorToken::dark), rules_css);
}

std::string_view page_script() { return script; }
std::string_view page_script_hash() { return "sha256-c07LirTiUqgKpin8ZfjcIJXDd95sN7JtyhOy0478tRM="; }

}  // namespace pharos
