import FaultTrends
import SpecialFunctions
import VehicleFaults

/// How often evidence of the checks that the daemon runs ever reaches 20 where what is harmless is all there
/// is: streams in which a hypothesis was opened and those in which evidence reached it.
func promises(_ runs: Int) {
    print("streams in which evidence ever reaches 20, at most 5 %; of those, opened at all")
    for one in [
        (rise: 1.0, from: 90, length: 400), (rise: 2, from: 90, length: 400),
        (rise: 0.5, from: 90, length: 2000), (rise: 2, from: 600, length: 2000),
    ] {
        print("  level, up by \(one.rise) from the \(one.from)th of \(one.length) readings on")
        for noise in noises {
            row("    " + noise.name, told(runs) { level(noise, one, seed: 90_000 + $0) })
        }
    }
    for one in [(from: 90, length: 400), (from: 600, length: 2000)] {
        print("  scatter, half again the own from the \(one.from)th of \(one.length) readings on")
        for noise in noises {
            row("    " + noise.name, told(runs) { scatter(noise, one, seed: 110_000 + $0) })
        }
    }
    print("  code with signal, off by 1 whenever the code comes, one in ten of 2000 readings")
    for noise in noises {
        row("    " + noise.name, told(runs) { pair(noise, seed: 130_000 + $0) })
    }
    for harmless in [0.05, 0.14, 0.4] {
        row(
            "  code at its harmless share of \(harmless), 2000 messages",
            told(runs) { share(harmless, seed: 150_000 + $0) })
    }
    row("  rank among 100, 300 days", ranks(runs))
    row("  two signals among 100, 200 days", subsystems(runs))
    for part in [0.5, 1] {
        row("  spells of a code at \(part) of its allowed rate", spells(runs, part))
    }
}

private typealias Noise = (name: String, dependence: Double, isNormal: Bool)
private let noises: [Noise] = [
    ("dependence 0", 0, true), ("dependence .25", 0.25, true), ("dependence .5", 0.5, true),
    ("dependence .7", 0.7, true), ("dependence .9", 0.9, true),
    ("Student's t, 4 degrees", 0, false), ("Student's t, dependence .5", 0.5, false),
]

private func text(_ reached: Int, _ opened: Int, of all: Int) -> String {
    percent(Double(reached) / Double(max(all, 1))) + " of \(all); \(opened) opened"
}

private func told(_ runs: Int, _ stream: (Int) -> (most: Double, isOpen: Bool)) -> String {
    var (reached, opened) = (0, 0)
    for run in 0..<runs {
        let (most, isOpen) = stream(run)
        if most >= twenty { reached += 1 }
        if isOpen { opened += 1 }
    }
    return text(reached, opened, of: runs)
}

private func level(
    _ noise: Noise, _ one: (rise: Double, from: Int, length: Int), seed: Int
) -> (Double, Bool) {
    let settings = DriftSettings(.level, harmless: one.rise)
    var source = Autoregression(noise.dependence, seed: seed, isNormal: noise.isNormal)
    var (check, most) = (DriftCheck(), 0.0)
    for number in 0..<one.length {
        let reading = source.next() + (number >= one.from ? one.rise : 0)
        _ = check.add(reading, at: hour(number), follows: false, settings)
        most = max(most, check.logEvidence)
    }
    return (most, check.isOpen)
}

private func scatter(_ noise: Noise, _ one: (from: Int, length: Int), seed: Int) -> (Double, Bool) {
    let settings = DriftSettings(.scatter, harmless: 1.5)
    var source = Autoregression(noise.dependence, seed: seed, isNormal: noise.isNormal)
    var (check, random) = (DriftCheck(), Deviates(seed + 600_000))
    var (most, extra) = (0.0, 0.0)
    for number in 0..<one.length {
        if number == one.from { extra = 1.25.squareRoot() * check.ownDeviation }
        _ = check.add(
            source.next() + extra * random.normal(), at: hour(number), follows: false, settings)
        most = max(most, check.logEvidence)
    }
    return (most, check.isOpen)
}

private func pair(_ noise: Noise, seed: Int) -> (Double, Bool) {
    let settings = DriftSettings(.pair, harmless: 1)
    var source = Autoregression(noise.dependence, seed: seed, isNormal: noise.isNormal)
    var (check, random, most) = (DriftCheck(), Deviates(seed + 600_000), 0.0)
    for number in 0..<2000 {
        let hasCode = random.uniform() < 0.1
        _ = check.add(
            source.next() + (hasCode ? 1 : 0), hasCode: hasCode, at: hour(number), follows: false,
            settings)
        most = max(most, check.logEvidence)
    }
    return (most, check.isOpen)
}

private func share(_ harmless: Double, seed: Int) -> (Double, Bool) {
    let settings = DriftSettings(.share, harmless: harmless)
    var (check, random, most) = (DriftCheck(), Deviates(seed), 0.0)
    for number in 0..<2000 {
        check.count(hasCode: random.uniform() < harmless, at: hour(number), settings)
        most = max(most, check.logEvidence)
    }
    return (most, check.isOpen)
}

/// Vehicles with offsets of their own and noise of Student's t, half of which is remembered; on one day in
/// ten all are moved alike, and from the 150th on each other one by what is harmless.
private func ranks(_ runs: Int) -> String {
    var (all, reached, opened) = (0, 0, 0)
    for kind in 0..<(runs / 100) {
        var random = Deviates(170_000 + kind)
        let offsets = (0..<100).map { _ in 6 * random.normal() }
        var noise = offsets.map { _ in random.normal() }
        var checks = offsets.map { _ in RankCheck() }
        var most = offsets.map { _ in 0.0 }
        var (shown, number) = (QuantileSketch(), UInt32(0))
        for one in 1...300 {
            var told = QuantileSketch()
            let shock = random.uniform() < 0.1 ? 3 * random.normal() : 0
            for vehicle in checks.indices {
                if let (distance, time) = checks[vehicle].takeWaiting(published: number) {
                    _ = checks[vehicle].judge(distance, among: shown, at: time, harmless: 0.3)
                    most[vehicle] = max(most[vehicle], checks[vehicle].drift.logEvidence)
                }
                noise[vehicle] = 0.5 * noise[vehicle] + 0.75.squareRoot() * random.heavy()
                let moved = one > 150 && vehicle % 2 == 0 ? 0.3 : 0
                let value = offsets[vehicle] + noise[vehicle] + shock + moved
                guard let distance = checks[vehicle].distance(of: value) else { continue }
                told.add(checks[vehicle].wait(distance, at: hour(24 * one), published: number))
            }
            if told.count > 0 { (shown, number) = (told, number + 1) }
        }
        all += 100
        reached += most.count { $0 >= twenty }
        opened += checks.count { $0.drift.isOpen }
    }
    return text(reached, opened, of: all)
}

/// Vehicles of which two signals follow the load.
private func subsystems(_ runs: Int) -> String {
    var (all, reached, opened) = (0, 0, 0)
    for kind in 0..<(runs / 100) {
        var random = Deviates(180_000 + kind)
        let offsets = (0..<100).map { _ in 6 * random.normal() }
        var checks = offsets.map { _ in SubsystemCheck() }
        var most = offsets.map { _ in 0.0 }
        var (shown, number) = (QuantileSketch(), UInt32(0))
        for one in 1...200 {
            var told = QuantileSketch()
            let shock = random.uniform() < 0.1 ? 3 * random.normal() : 0
            for vehicle in checks.indices {
                if let (distance, time) = checks[vehicle].rank.takeWaiting(published: number) {
                    _ = checks[vehicle].rank.judge(distance, among: shown, at: time, harmless: 0.1)
                    most[vehicle] = max(most[vehicle], checks[vehicle].rank.drift.logEvidence)
                }
                var (total, count) = (0.0, 0)
                for _ in 0..<3 {
                    let load = (random.uniform() < 0.5 ? -1 : 1) + 0.2 * random.normal()
                    let signals = [
                        offsets[vehicle] + shock + load + 0.5 * random.heavy(),
                        load - offsets[vehicle] + 0.3 * random.normal(),
                    ]
                    let covariance = [1.29, 1.04, 1.13]
                    if let distance = checks[vehicle].distance(of: signals, covariance: covariance)
                    {
                        (total, count) = (total + distance, count + 1)
                    }
                }
                guard count > 0, let change = checks[vehicle].change(of: total / Double(count))
                else { continue }
                told.add(checks[vehicle].rank.wait(change, at: hour(24 * one), published: number))
            }
            if told.count > 0 { (shown, number) = (told, number + 1) }
        }
        all += 100
        reached += most.count { $0 >= twenty }
        opened += checks.count { $0.rank.drift.isOpen }
    }
    return text(reached, opened, of: all)
}

/// Of a thousand trips each; each spell is a hypothesis.
private func spells(_ runs: Int, _ part: Double) -> String {
    var (all, reached) = (0, 0)
    for run in 0..<runs {
        var (random, watch, most) = (Deviates(190_000 + run), RecurrenceWatch(), 0.0)
        var wasOpen = false
        for trip in 1...1000 {
            watch.see(
                hasCode: random.uniform() < 0.05 * part, clock: Double(trip), trip: UInt64(trip),
                at: hour(2 * trip), allowed: 0.05)
            if wasOpen, !watch.isOpen || trip == 1000 {
                if most >= twenty { reached += 1 }
                most = 0
            }
            if watch.isOpen, !wasOpen { all += 1 }
            most = watch.isOpen ? max(most, watch.logEvidence) : 0
            wasOpen = watch.isOpen
        }
    }
    return percent(Double(reached) / Double(max(all, 1))) + " of \(all) spells"
}
