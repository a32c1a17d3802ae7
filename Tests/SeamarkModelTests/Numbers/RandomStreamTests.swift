import Testing

@testable import SeamarkModel

struct RandomStreamTests {
    @Test func `SplitMix64 gives the published first numbers`() {
        var stream = RandomStream(state: 0)
        #expect(stream.next() == 0xe220_a839_7b1d_cdaf)
        #expect(stream.next() == 0x6e78_9e6a_a1b9_65f4)
        #expect(stream.next() == 0x06c4_5d18_8009_454f)
    }

    @Test func `FNV-1a gives the published hashes and the method's`() {
        #expect(RandomStream.fnv1a("".utf8) == 0xcbf2_9ce4_8422_2325)
        #expect(RandomStream.fnv1a("a".utf8) == 0xaf63_dc4c_8601_ec8c)
        #expect(RandomStream.fnv1a("oiar-1|20260317|common".utf8) == 0x274d_eaac_432f_b6b8)
    }

    @Test func `the common stream begins with the reference's numbers`() {
        var stream = RandomStream(seed: 20_260_317, key: "common")
        #expect(stream.nextUniform() == 0.4398161492364984)
        #expect(stream.nextUniform() == 0.4005882542992208)
        #expect(stream.nextUniform() == 0.9916658917789603)
        var normals = RandomStream(seed: 20_260_317, key: "common")
        #expect(agree(normals.nextNormal(), -0.151435359178314, within: 1e-14))
    }

    @Test func `the normal inverse is symmetric, rising and right to nine digits`() {
        // Standard tables.
        #expect(agree(NormalDistribution.quantile(0.975), 1.959963984540054, within: 2e-9))
        #expect(agree(NormalDistribution.quantile(0.001), -3.090232306167813, within: 2e-9))
        #expect(agree(NormalDistribution.quantile(0.99), 2.3263478740408408, within: 2e-9))
        #expect(NormalDistribution.quantile(0.5) == 0)
        var last = -Double.infinity
        for n in 1..<4096 {
            let z = NormalDistribution.quantile(Double(n) / 4096)
            #expect(z > last)
            #expect(agree(z, -NormalDistribution.quantile(1 - Double(n) / 4096), within: 1e-12) || n == 2048)
            last = z
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `rank order is that of a stable sort`(seed: UInt64) {
        var stream = RandomStream(state: seed)
        // Few values, both signs and both zeros, so that they collide.
        let values = (0..<300).map { _ in
            [Double(Int64(stream.next() % 9)) - 4, -0.0, stream.nextNormal()][Int(stream.next() % 3)]
        }
        var order = RankOrder(count: 300)
        let expected = values.indices.sorted { values[$0] != values[$1] ? values[$0] < values[$1] : $0 < $1 }
        #expect(order.places(of: values).map(Int.init) == expected)
        #expect(order.sorted(values) == expected.map { values[$0] })
    }

    @Test func `percentiles interpolate as type 7`() {
        #expect(Spread.percentile(0.5, of: [1, 2, 3, 4]) == 2.5)
        #expect(agree(Spread.percentile(0.1, of: [1, 2, 3, 4]), 1.3, within: 1e-15))
        #expect(Spread.percentile(0, of: [1, 2]) == 1)
        #expect(Spread.percentile(1, of: [1, 2]) == 2)
        #expect(Spread.percentile(0.7, of: [9]) == 9)
        #expect(Spread.mean(of: [1e16, 1, -1e16, 1]) == 0.5)
    }
}
