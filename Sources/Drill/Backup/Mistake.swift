/// A mistake in the command or the plan that shows before a drill begins. It ends with exit code 2, and with no report: nothing
/// was asked of a backup.
package protocol Mistake: Error, CustomStringConvertible {}
