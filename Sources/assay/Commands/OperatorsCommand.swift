import AssayDocument
import AssayGate

let operatorsCommand = CommandSpecification(
  name: "operators", arguments: "", positionals: 0...0,
  summary: "which operators run on which types, here and under TFLite Micro",
  options: [.flag("markdown", "the page of the documentation (docs/operators.md)")],
  example: "assay operators --format json"
) { invocation, console in
  let page = SupportPage()
  if invocation.wantsJSON {
    console.print(page.json.text())
  } else if invocation.has("markdown") {
    console.print(String(page.markdown.dropLast()))
  } else {
    for line in page.lines { console.print(line) }
  }
  return .done
}
