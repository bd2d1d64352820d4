import Checks
import Restore

/// A restore's event as the drill's.
func restoreEvent(
    enter: (String) -> Void, emit: DrillEventSink, _ event: RestoreEvent
) {
    switch event {
    case .phase(let name): enter(name)
    case .server(let words): emit(.note(words))
    case .item(let item): emit(.item(item))
    case .progress(let done, let total, let unit): emit(.progress(done: done, total: total, unit: unit))
    // The check `restore` tells of it, with everything else that it looks at.
    case .problem: break
    }
}

/// The checks' event as the drill's.
func checkEvent(emit: DrillEventSink, _ event: CheckEvent) {
    switch event {
    case .scanning(let table): emit(.item(table.description))
    case .progress(let done, let total): emit(.progress(done: done, total: total, unit: .bytes))
    case .finding(let finding): emit(.finding(finding))
    }
}
