import PlanFile
import Postgres

extension PlanNode {
    /// A connection string that libpq can read. Where there is no libpq, nobody can tell: what connects there says that it is missing.
    func connectionString() throws(PlanError) -> String {
        let words = try text()
        do {
            _ = try ConnectionTarget(parsing: words)
        } catch .noClientLibrary {
        } catch {
            throw self.error(error.description)
        }
        return words
    }
}
