import Testing
@testable import Pages
@Suite struct PlaceholderTests { @Test func works() { } }
