/// The frame of an HTML report: one file, its style inside, light and dark.
enum HTMLPage {
  static func head(title: String) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(ReportText.escaped(title))</title>
    <style>
    \(style)
    </style></head><body><main>

    """
  }

  static let foot = "</main></body></html>\n"

  private static let style = """
    :root{--bg:#f6f7f9;--card:#fff;--ink:#1c2330;--soft:#5b6573;--line:#dde1e7;--pass:#1a7f47;--fail:#c4281f;--warn:#9a6200;--bar:#3468b5;--bar2:#8fb2e3}
    @media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e7ebf0;--soft:#9aa5b3;--line:#323b47;--pass:#46c27f;--fail:#ff766b;--warn:#e6b04d;--bar:#6ea0ea;--bar2:#3c5b88}}
    *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main{max-width:980px;margin:0 auto;padding:16px}section,.banner{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;margin:0 0 16px}
    h2{font-size:1.15rem;margin:0 0 8px;overflow-wrap:anywhere}h3{font-size:1rem;margin:18px 0 6px;overflow-wrap:anywhere}p{margin:4px 0}
    .banner{border-left:8px solid var(--warn)}.banner.pass{border-left-color:var(--pass)}.banner.fail,.banner.unusable{border-left-color:var(--fail)}
    .banner .word{font-size:2rem;font-weight:700;letter-spacing:.03em}.banner.pass .word{color:var(--pass)}.banner.fail .word,.banner.unusable .word{color:var(--fail)}.banner.undecided .word{color:var(--warn)}
    .small{color:var(--soft);font-size:.86rem;overflow-wrap:anywhere}.warn{color:var(--warn)}
    .badge{display:inline-block;font-size:.72rem;font-weight:700;padding:1px 7px;border-radius:9px;border:1px solid;vertical-align:2px}.badge.pass{color:var(--pass)}.badge.fail,.badge.unusable{color:var(--fail)}.badge.undecided{color:var(--warn)}
    .finding{border-left:4px solid var(--fail);padding:2px 12px;margin:12px 0}.finding.undecided{border-left-color:var(--warn)}.finding h3{margin:4px 0}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:8px 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    pre{background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:8px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.86rem}
    table{border-collapse:collapse;width:100%;font-size:.86rem;display:block;overflow-x:auto}th{text-align:left;color:var(--soft);font-weight:600}td,th{padding:3px 10px 3px 0;border-bottom:1px solid var(--line);vertical-align:top}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.hash{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.75rem;overflow-wrap:anywhere}
    .target{border-top:1px solid var(--line);padding:8px 0}.budget{display:grid;grid-template-columns:minmax(90px,22%) 1fr;gap:0 12px;align-items:center;margin:4px 0}.budget .track{height:14px;background:var(--bg);border:1px solid var(--line);border-radius:7px;overflow:hidden}
    .budget .fill{height:100%;background:var(--pass)}.budget.near .fill{background:var(--warn)}.budget.over .fill{background:var(--fail)}.budget .text{grid-column:2;font-size:.82rem;color:var(--soft)}
    details{margin:10px 0}summary{cursor:pointer;color:var(--soft)}svg{width:100%;height:auto;display:block}svg text{fill:var(--ink);font-size:12px}svg .soft{fill:var(--soft)}svg .axis{stroke:var(--line)}
    svg .fillbar{fill:var(--bar)}svg .fillbar2{fill:var(--bar2)}svg .bad{fill:var(--fail)}svg .over{fill:var(--fail);font-weight:700}.states path{stroke-width:13}.states .tick{stroke:var(--ink);stroke-width:1.5}svg .limit{stroke:var(--fail);stroke-dasharray:5 4}
    .matrix td{border:1px solid var(--line);text-align:center;padding:3px 6px;min-width:2.2em}.matrix{width:auto}
    @media (max-width:560px){main{padding:8px}.budget{grid-template-columns:1fr}.budget .text{grid-column:1}dl{grid-template-columns:1fr}dt{margin-top:4px}}
    """
}
