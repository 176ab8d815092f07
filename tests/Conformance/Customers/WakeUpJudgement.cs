using DToC.Grains;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// Wake-ups: the last one that a family asked for has come and was decided on, and none was decided on twice.
/// </summary>
internal sealed class WakeUpJudgement(CustomersEnd customers)
{
    public IEnumerable<string> Problems() =>
        from root in customers.Survivors
        from persona in Enumerable.Range(
            PersonaSchema.Nobody, customers.Plans.Current.Events.Personas.Count - PersonaSchema.Nobody)
        from problem in Problems(root, persona)
        select problem;

    /// <summary>Each persona waits for its own.</summary>
    private IEnumerable<string> Problems(GrainKey root, int persona)
    {
        var family = customers.Family(root);
        // What was forgotten takes the wake-ups with it that it had asked for.
        var asked = family.SelectMany(key => Asked(key, persona, isForgotten: false)).ToList();
        var fired = family.SelectMany(key => Fired(key, persona)).ToList();
        // Before it was forgotten it had asked for its own; once it is, an earlier event is the last one.
        var most = family.Sum(key => Asked(key, persona, isForgotten: true).Count())
            + (family.Exists(HasForgotten) ? asked.Count : 0);
        if (fired.Count > most)
            yield return $"{root}, {persona} asked for {most} wake-ups and was woken {fired.Count} times.";
        if (asked.Count == 0 || fired.Exists(at => at >= asked.Max())) yield break;
        var came = string.Join(", ", fired);
        yield return $"{root}, {persona} asked to be woken at {asked.Max()} ms and never was; {came} came.";
    }

    private bool HasForgotten(GrainKey key) =>
        customers.Events(key).Any(e => customers.IsForgotten(key, e.Entry));

    /// <summary>Moments asked for: each turn whose events move the last one asks for the delay behind it.</summary>
    /// <param name="key">Who asked.</param>
    /// <param name="persona">As which persona.</param>
    /// <param name="isForgotten">Whether events count that were forgotten since.</param>
    private IEnumerable<long> Asked(GrainKey key, int persona, bool isForgotten)
    {
        var last = long.MinValue;
        var events = customers.Events(key).Where(e => isForgotten || !customers.IsForgotten(key, e.Entry));
        foreach (var turn in events.GroupBy(e => e.Entry.Seed))
        {
            var before = last;
            foreach (var (_, e, _) in turn)
            {
                if (e.Type == TypeOf(CustomerPlans.Added) && e.Persona == persona)
                    last = Math.Max(last, e.OccurredAt.UnixMs);
            }
            var at = last + CustomerPlans.CartDelayMs;
            if (last > before && at > turn.First().Entry.RecordedAt.UnixMs) yield return at;
        }
    }

    private int TypeOf(string name) =>
        customers.Plans.Current.Events.TypeIndex.Find(System.Text.Encoding.UTF8.GetBytes(name));

    private IEnumerable<long> Fired(GrainKey key, int persona)
    {
        foreach (var entry in customers.Journal(key).Where(e => e.Kind == JournalKind.Decision))
        {
            var record = DecisionRecord.Read(DToC.Twin.State.Envelope.Open(entry.Payload.Span));
            var decisions = customers.Plans.Find(record.PlanHash)!.Decisions; // checked with the decisions
            var trigger = decisions.TriggerName(record.Inputs.Trigger);
            var ofIt = customers.Plans.Current.Events.Personas.Find(record.Persona) == persona;
            if (trigger == CustomerPlans.CartLeft && ofIt) yield return record.Inputs.Now.UnixMs;
        }
    }
}
