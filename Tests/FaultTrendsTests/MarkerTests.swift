import FaultTrends
import SpecialFunctions
import Testing

/// The P² algorithm (Jain and Chlamtac 1985): five markers for one quantile. It is here to be held
/// against the sketch, and why the product has none of it is what these tests say.
private struct FiveMarkers {
    private let share: Double
    private(set) var heights: [Double] = []
    private var places = [1.0, 2, 3, 4, 5]
    private var wanted: [Double]

    init(_ share: Double) {
        self.share = share
        wanted = [1, 1 + 2 * share, 1 + 4 * share, 3 + 2 * share, 5]
    }

    mutating func add(_ value: Double) {
        guard heights.count == 5 else {
            heights.append(value)
            heights.sort()
            return
        }
        heights[0] = min(heights[0], value)
        heights[4] = max(heights[4], value)
        let cell = (0..<4).last { heights[$0] <= value } ?? 0
        for place in 0..<5 where place > cell { places[place] += 1 }
        for (place, step) in [0, share / 2, share, (1 + share) / 2, 1].enumerated() {
            wanted[place] += step
        }
        for place in 1...3 {
            let gap = wanted[place] - places[place]
            guard
                gap >= 1 && places[place + 1] - places[place] > 1
                    || gap <= -1 && places[place - 1] - places[place] < -1
            else { continue }
            move(place, by: gap > 0 ? 1 : -1)
        }
    }

    private mutating func move(_ place: Int, by step: Double) {
        let (q, n) = (heights, places)
        let parabola =
            q[place] + step / (n[place + 1] - n[place - 1])
            * ((n[place] - n[place - 1] + step) * (q[place + 1] - q[place])
                / (n[place + 1] - n[place])
                + (n[place + 1] - n[place] - step) * (q[place] - q[place - 1])
                    / (n[place] - n[place - 1]))
        if q[place - 1] < parabola, parabola < q[place + 1] {
            heights[place] = parabola
        } else {
            let next = place + Int(step)
            heights[place] += step * (q[next] - q[place]) / (n[next] - n[place])
        }
        places[place] += step
    }

    var quantile: Double { heights[2] }
}

@Suite struct MarkerTests {
    @Test("five markers give the published example") func example() {
        var markers = FiveMarkers(0.5)
        for value in [
            0.02, 0.15, 0.74, 3.39, 0.83, 22.37, 10.15, 15.43, 38.62, 15.92, 34.6, 10.28, 1.47, 0.4,
            0.05, 11.39, 0.27, 0.42, 0.09, 11.37,
        ] {
            markers.add(value)
        }
        let expected = [
            0.02, 0.4938954475308638, 4.440634353260338, 17.203904274140214, 38.62,
        ]
        for (found, value) in zip(markers.heights, expected) {
            expectNear(found, value, within: 1e-9, "marker")
        }
    }

    @Test("on two humps five markers miss the median by far, where the sketch is within 1 %")
    func twoHumps() throws {
        var random = Deviates(42)
        var (markers, sketch) = (FiveMarkers(0.5), QuantileSketch())
        // The lower hump holds a little less than half, so the median lies in the gap's upper end.
        let values = (0..<20_000).map { number in
            number % 100 < 49 ? random.normal() : 8 + random.normal()
        }
        for value in values {
            markers.add(value)
            sketch.add(value)
        }
        let exact = values.sorted()[values.count / 2]
        let found = try #require(sketch.quantile(0.5))
        #expect((found - exact).magnitude <= 0.0101 * exact.magnitude)
        #expect((markers.quantile - exact).magnitude > 0.05 * exact.magnitude)
    }
}
