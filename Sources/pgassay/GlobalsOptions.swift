import ArgumentParser
import Drill
import SystemPackage

/// What belongs to the server of a dump as a whole.
struct GlobalsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A script of pg_dumpall --globals-only: its roles and tablespaces are restored before the dump. (default: the plan's, else none)",
            valueName: "file"))
    var globals: String?

    func change(_ plan: inout Plan) {
        guard let globals else { return }
        plan.backup?.globals = FilePath(globals)
        plan.asked[.globals] = ["--globals"]
        plan.note("--globals \(globals)")
    }
}
