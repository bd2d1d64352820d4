// Feeds bytes to one decoder, for as long as libFuzzer finds new ones:
//
//     pgassay-fuzz TARGET [options and corpus directories of libFuzzer]
//
// A decoder may refuse any input by throwing. What must not happen is a trap, a leak, an access out of bounds, memory that
// grows with what the input claims, or a break of an invariant that a target states.

import CLibFuzzer
import FuzzTargets
import Glibc

guard CommandLine.argc > 1, let target = fuzzTargets[CommandLine.arguments[1]] else {
    for name in fuzzTargets.keys.sorted() { print(name) }
    // Listing them is no error.
    exit(CommandLine.argc > 1 ? 2 : 0)
}

nonisolated(unsafe) var chosen = target

// The driver wants the program's name, then its own options.
var arguments = UnsafeMutablePointer(CommandLine.unsafeArgv + 1)
var count = CommandLine.argc - 1
withUnsafeMutablePointer(to: &arguments) { pointer in
    pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) {
        exit(
            LLVMFuzzerRunDriver(&count, $0) { data, size in
                _ = chosen(UnsafeRawBufferPointer(start: data, count: size))
                return 0
            })
    }
}
