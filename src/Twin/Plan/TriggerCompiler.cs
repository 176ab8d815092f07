using DToC.Twin.Definitions;
using DToC.Twin.Events;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Compiles triggers; a wake-up asks for the slot that keeps the last of its events.</summary>
internal sealed class TriggerCompiler(
    Definition definition, EventSchema schema, SlotAllocator slots, CompileErrors errors)
{
    private readonly Dictionary<int, int> _latestGroups = [];

    public List<(int Type, int Group)> LatestSteps { get; } = [];

    public void Ask()
    {
        for (var i = 0; i < definition.Triggers.Count; i++)
        {
            if (definition.Triggers[i].Form is not TriggerForm.WakeUp wakeUp) continue;
            var types = Types(wakeUp.After, $"triggers.{definition.Triggers[i].Name}.after");
            var signature = "latest|"
                + string.Join('+', types.Select(t => schema.Types[t].Name).Order(StringComparer.Ordinal));
            var group = slots.Longs(signature, SlotUnion.Max);
            _latestGroups[i] = group;
            foreach (var type in types) LatestSteps.Add((type, group));
        }
    }

    public (List<TriggerPlan> Triggers, ulong[] FiredByEvent, ulong Thresholds, ulong WakeUps) Compile(
        VectorLinks links)
    {
        var triggers = new List<TriggerPlan>();
        var fired = new ulong[schema.Types.Count];
        var (thresholds, wakeUps) = (0UL, 0UL);
        for (var i = 0; i < definition.Triggers.Count && i < 64; i++)
        {
            var trigger = definition.Triggers[i];
            var path = $"triggers.{trigger.Name}";
            var when = errors.Rule(trigger.When, links.Symbols, ValueType.Boolean, $"{path}.when");
            var (lastAt, delayMs) = (-1, 0L);
            switch (trigger.Form)
            {
                case TriggerForm.OnEvent onEvent:
                    foreach (var type in Types(onEvent.Events, $"{path}.on")) fired[type] |= 1UL << i;
                    break;
                case TriggerForm.Threshold:
                    thresholds |= 1UL << i;
                    if (trigger.When is null)
                        errors.Add(trigger.At, path, "A threshold has no rule to watch",
                            "Give \"when\": \"churn > 0.7\" or another rule");
                    break;
                case TriggerForm.WakeUp wakeUp:
                    wakeUps |= 1UL << i;
                    (lastAt, delayMs) = (slots.At(_latestGroups[i]).Longs, (long)(wakeUp.DelayHours * Instant.HourMs));
                    break;
            }
            triggers.Add(new TriggerPlan(trigger.Name, StableHash.Of(trigger.Name), when, lastAt, delayMs));
        }
        if (definition.Triggers.Count > 64)
            errors.Add(definition.Triggers[64].At, "triggers", "There are more than 64 triggers", "Unite some");
        return (triggers, fired, thresholds, wakeUps);
    }

    private List<int> Types(IReadOnlyList<Named> names, string path)
    {
        var known = schema.Types.Select(t => t.Name).ToList();
        return [.. names.Select(name => errors.Slot(name, known, path, "event")).Where(type => type >= 0)];
    }
}
