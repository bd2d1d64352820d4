import Checks
import Restore

/// Keeps what a restore tells, and tells it as the drill's own event.
func restoreEvent(
    _ record: DrillRecord, enter: (String) -> Void, emit: DrillEventSink, _ event: RestoreEvent
) {
    switch event {
    case .phase(let name): enter(name)
    case .server(let words), .note(let words): emit(.note(words))
    case .environment(let environment): record.update { $0.environment = environment }
    case .item(let item): emit(.item(item))
    case .progress(let done, let total, let unit): emit(.progress(done: done, total: total, unit: unit))
    }
}

/// The checks' event as the drill's.
func checkEvent(emit: DrillEventSink, _ event: CheckEvent) {
    switch event {
    case .asking(let what): emit(.item(what))
    case .progress(let done, let total): emit(.progress(done: done, total: total, unit: .bytes))
    case .finding(let finding): emit(.finding(finding))
    }
}
