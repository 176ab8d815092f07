using System.Text;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>
/// Compares the end of a schedule of probes with the end of the same script without faults.
/// </summary>
internal sealed class ProbeJudgement(Script script, ScheduleEnd end, ScheduleEnd faultless)
{
    public IEnumerable<string> Problems(Func<GrainKey, bool> isSpender, long scarceAmount)
    {
        foreach (var problem in Published()) yield return problem;
        foreach (var problem in Leases(isSpender, scarceAmount)) yield return problem;
        foreach (var problem in Received()) yield return problem;
        foreach (var key in script.Keys)
        {
            var state = State(end, key);
            if (state.Alarms != ProbeAlarms.None) yield return $"{key} raised the alarm {state.Alarms}.";
            if (Disorder(end.Journals[key])) yield return $"The journal of {key} goes back in time.";
            if (isSpender(key)) continue;
            var (is_, should) = (Fingerprint(end, key), Fingerprint(faultless, key));
            if (StableHash.Of(is_) == StableHash.Of(should)) continue;
            yield return $"{key} differs from the run without faults:\n    is     {is_}\n    should {should}";
        }
    }

    private static ProbeState State(ScheduleEnd of, GrainKey key) =>
        of.States[key] is { } stored ? ProbeCodec.ReadState(stored.Bytes.Span) : new ProbeState();

    private static bool Disorder(IReadOnlyList<JournalEntry> journal) =>
        journal.Zip(journal.Skip(1)).Any(pair => pair.Second.RecordedAt < pair.First.RecordedAt);

    /// <summary>
    /// All of a state that no schedule may change: not versions, times, sequences, the order of arrival.
    /// </summary>
    private static string Fingerprint(ScheduleEnd of, GrainKey key)
    {
        var s = State(of, key);
        var text = new StringBuilder();
        text.Append($"total {s.Total} count {s.Count} checksum {s.Checksum:x16} plan {s.PlanHash:x16} ");
        text.Append($"newest {s.Newest} told {s.Told} woken {s.Woken} moved {s.MovedTo} rows {s.RowCount}:");
        foreach (var (row, value) in of.Rows[key]) text.Append($" {row}={Encoding.UTF8.GetString(value.Span)}");
        Append(text, "sent", s.Sent);
        Append(text, "wakes", s.Wakes);
        Append(text, "spent", s.Spent);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, SortedDictionary<string, long> table) =>
        text.Append($"; {name} {string.Join(' ', table.Select(t => $"{t.Key}={t.Value}"))}");

    /// <summary>
    /// What a probe was sent before it moved stays with it, what came later is with the other: only both
    /// together are the same in every schedule.
    /// </summary>
    private IEnumerable<string> Received()
    {
        var came = AllStates(end).Sum(s => s.ReceivedTotal);
        var sent = AllStates(faultless).Sum(s => s.ReceivedTotal);
        if (came != sent) yield return $"Probes received {came} of each other; {sent} was sent.";
        var (has, should) = (Ways(end), Ways(faultless));
        foreach (var (way, number) in should)
        {
            var got = has.GetValueOrDefault(way);
            if (got != number) yield return $"On the way {way} message {got} came last; {number} were sent.";
        }
    }

    private IEnumerable<ProbeState> AllStates(ScheduleEnd of) => script.Keys.Select(k => State(of, k));

    private SortedDictionary<string, long> Ways(ScheduleEnd of)
    {
        var ways = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (way, number) in AllStates(of).SelectMany(s => s.Received))
        {
            ways[way] = Math.Max(number, ways.GetValueOrDefault(way));
        }
        return ways;
    }

    private IEnumerable<string> Published()
    {
        foreach (var key in script.Keys)
        {
            var (has, should) = (NumbersOf(end, key), NumbersOf(faultless, key));
            for (var i = 0; i < has.Count; i++)
            {
                if (has[i].Number == i + 1) continue;
                yield return $"Of {key} the subscriber got number {has[i].Number} where {i + 1} was due.";
                break;
            }
            var ids = should.Select(p => p.Id).Except(has.Select(p => p.Id), StringComparer.Ordinal);
            var missing = string.Join(", ", ids);
            if (missing.Length > 0) yield return $"The subscriber never got {missing} of {key}.";
            if (has.Count != should.Count) yield return $"Of {key} {has.Count} came, not {should.Count}.";
        }
    }

    private static List<ProbePublished> NumbersOf(ScheduleEnd of, GrainKey key) =>
        [.. of.Published.Where(p => p.Id.Sender == key).Select(p => ProbeCodec.ReadPublished(p.Payload.Span))];

    private IEnumerable<string> Leases(Func<GrainKey, bool> isSpender, long scarceAmount)
    {
        var spent = AllStates(end).Sum(s => s.Spent.GetValueOrDefault("scarce"));
        var left = end.Left["scarce"];
        if (left < 0 || spent + left != scarceAmount)
        {
            yield return $"Of {scarceAmount} on lease {spent} was spent and {left} is left.";
        }
        foreach (var key in script.Keys.Where(isSpender))
        {
            var carriedOut = script.Clients.Zip(end.Replies).SelectMany(c => c.First.Zip(c.Second))
                .Count(s => s.First.To == key && s.Second is ProbeReply.Applied or ProbeReply.Repeated
                    && s.First.To == key);
            var count = State(end, key).Count;
            if (count < carriedOut) yield return $"{key} counts {count} spends, {carriedOut} were answered.";
        }
    }
}
