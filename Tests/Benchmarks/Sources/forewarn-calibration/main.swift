import FaultTrends
import FleetSimulation
import Foundation
import SpecialFunctions
import VehicleFaults

// forewarn-calibration [RUNS]
// forewarn-calibration plots FOLDER     draws the pictures of docs/detection.md
// forewarn-calibration null VEHICLES DAYS SEED TESTS RULES...
//                                       what is found where nothing can be found
// forewarn-calibration fleets VEHICLES DAYS SEEDS PRESETS FOLDER
//                                       what the packs of a folder find on simulated fleets; seeds and
//                                       presets with commas between them
// forewarn-calibration lots VEHICLES DAYS SEEDS PRESET SIZE FACTOR RULES...
//                                       which bad lots are found, with lots of SIZE to twice as many
//                                       parts, one of which fails FACTOR times as often, and what is
//                                       found when lots are dealt to other vehicles; 0 and 0 for the
//                                       lots that a fleet has unless told otherwise
//
// The error rates that detection.md promises, by simulation in a release build: run lengths in
// control for several dependences, and how often evidence ever reaches 20 when nothing is wrong.

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "plots" {
    try drawPlots(into: CommandLine.arguments[2])
    exit(0)
}

if CommandLine.arguments.count > 6, CommandLine.arguments[1] == "null" {
    let numbers = CommandLine.arguments[2...5].compactMap { Int($0) }
    guard numbers.count == 4, numbers.allSatisfy({ $0 > 0 }) else {
        print("VEHICLES, DAYS, SEED and TESTS are numbers above 0")
        exit(2)
    }
    try nullFleets(
        rules: Array(CommandLine.arguments[6...]), vehicles: numbers[0], days: numbers[1],
        firstSeed: UInt64(numbers[2]), tests: numbers[3])
    exit(0)
}

if CommandLine.arguments.count == 7, CommandLine.arguments[1] == "fleets" {
    let words = CommandLine.arguments
    let seeds = words[4].split(separator: ",").compactMap { UInt64($0) }
    let presets = words[5].split(separator: ",").compactMap { FleetPreset(rawValue: String($0)) }
    guard let vehicles = Int(words[2]), let days = Int(words[3]), !seeds.isEmpty, !presets.isEmpty
    else {
        print("VEHICLES, DAYS and SEEDS are numbers; PRESETS are \(FleetPreset.allCases)")
        exit(2)
    }
    try detectionRuns(
        packs: words[6], vehicles: vehicles, days: days, seeds: seeds, presets: presets)
    exit(0)
}

if CommandLine.arguments.count > 8, CommandLine.arguments[1] == "lots" {
    let words = CommandLine.arguments
    let seeds = words[4].split(separator: ",").compactMap { UInt64($0) }
    guard let vehicles = Int(words[2]), let days = Int(words[3]), !seeds.isEmpty,
        let preset = FleetPreset(rawValue: words[5]), let size = Double(words[6]),
        let factor = Double(words[7])
    else {
        print(
            "VEHICLES, DAYS, SEEDS, SIZE and FACTOR are numbers; PRESET is one of "
                + "\(FleetPreset.allCases)")
        exit(2)
    }
    try badLots(
        rules: Array(words[8...]), preset: preset, vehicles: vehicles, days: days, seeds: seeds,
        lots: LotMaking(
            sizes: size >= 1 ? size...(2 * size) : LotMaking().sizes,
            bad: factor > 1 ? factor : nil))
    exit(0)
}

let runs = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 2000 : 2000

func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
}

func row(_ name: String, _ value: String) {
    print(name + String(repeating: " ", count: max(1, 56 - name.count)) + value)
}

print("mean run length of a two-sided sum, slack ½, limit 5: 465.4 for known parameters")
for phi in [0, 0.25, 0.5, 0.7, 0.9] {
    let (mean, error) = runLength(dependence: phi, streams: runs / 5, runs: 20)
    row("  dependence \(phi)", "\(Int(mean.rounded())) ± \(Int(error.rounded()))")
}
promises(runs)
print("share of streams in which evidence ever reaches 20, at most 5 %")
row("  change point, known parameters, 2000 readings", percent(shareKnown(runs)))
row("  batch whose share grows from 2 to 8 %", percent(shareOfBatches(runs)))
row("  rule that keeps its promise", percent(shareOfVerdicts(runs)))
runLengths(5 * runs)
serviceDates(max(40, 2 * runs / 15))
fleets(max(12, runs / 50))
