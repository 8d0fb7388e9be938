import AssayFiles
import Glibc

StandardStream.ignoreBrokenPipes()
exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
