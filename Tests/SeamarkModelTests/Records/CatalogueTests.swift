import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct CatalogueTests {
    @Test func `numbers and keys lead to their types and fields, and to nothing else`() {
        for type in Catalogue.types {
            #expect(Catalogue.type(type.number) === type)
            #expect(Catalogue.type(key: type.key) === type)
            for field in type.fields {
                #expect(type.field(field.number)?.key == field.key)
                #expect(type.field(key: field.key)?.number == field.number)
            }
            #expect(type.field(0) == nil)
            #expect(type.field(5) == nil)
            #expect(type.field(UInt32.max) == nil)
        }
        #expect(Catalogue.type(0) == nil)
        #expect(Catalogue.type(UInt32.max) == nil)
        #expect(Set(Catalogue.types.map(\.number)).count == Catalogue.types.count)
    }

    @Test func `no field has the key of another member of a record's document`() {
        let members = ["id", "type", "withheld", "conflicts", "needsNewerVersion", "deletedButEdited"]
        for type in Catalogue.types {
            #expect(Set(type.fields.map(\.key)).isDisjoint(with: members), "\(type.key)")
            #expect(Set(type.fields.map(\.key)).count == type.fields.count, "\(type.key)")
        }
    }

    @Test func `references name types that exist, and own fields begin at 10`() {
        for type in Catalogue.types {
            for field in type.fields {
                #expect(field.number < 5 || field.number >= 10)
                if case .reference(let types) = field.kind { for number in types { #expect(Catalogue.type(number) != nil) } }
                if case .headquarters = field.merge {} else { #expect(type.home == .engagement || field.number < 10) }
            }
        }
    }

    @Test func `a line that is typed is allowed, kept and read back`() throws {
        var bench = Bench()
        try bench.line()
        let view = try #require(bench.view(Identifier(high: 40, low: 1)))
        #expect(view.handle == "L1")
        #expect(view.choice("category") == "EXPEDITE")
        #expect(view.group("amount")?.threePoint("range")?.likely == 50_000_000)
        #expect(view.group("amount")?.choice("grade") == "A")
        #expect(view.isWhole)
        #expect(view.conflicts.isEmpty)
        #expect(view.author == Bench.ana.author.member)
    }
}
