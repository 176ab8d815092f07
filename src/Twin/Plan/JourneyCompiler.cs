using DToC.Twin.Definitions;
using DToC.Twin.Events;

namespace DToC.Twin.Plan;

/// <summary>Compiles the journey into a table of transitions.</summary>
internal static class JourneyCompiler
{
    private static readonly StageDefinition Nowhere = new("none", null, null, default);

    /// <summary>What the slots of a stage mean: a changed journey is refolded.</summary>
    public static string Signature(Definition definition)
    {
        if (definition.Journey is not { } journey) return "";
        var stages = journey.Stages.Select(s => $"{s.Name}>{s.IdleDays}>{s.IdleTo?.Name}");
        var moves = journey.Transitions.Select(t =>
            $"{string.Join('+', t.On.Select(n => n.Name))}:{string.Join('+', t.From.Select(n => n.Name))}>{t.To.Name}");
        return $"{journey.Initial.Name};{string.Join(',', stages)};{string.Join(',', moves)}";
    }

    public static JourneyPlan Compile(Definition definition, EventSchema schema, int at, CompileErrors errors)
    {
        var stages = Ordered(definition.Journey, errors);
        var names = stages.Select(s => s.Name).ToList();
        var idleTo = new int[stages.Count];
        var idleMs = new long[stages.Count];
        for (var i = 0; i < stages.Count; i++)
        {
            (idleMs[i], idleTo[i]) = (long.MaxValue, i);
            if (stages[i].IdleDays is not { } days || stages[i].IdleTo is not { } to) continue;
            var slot = errors.Slot(to, names, $"journey.stages.{stages[i].Name}.idleTo", "stage");
            if (slot >= 0) (idleMs[i], idleTo[i]) = ((long)(days * Instant.DayMs), slot);
        }
        RefuseRings(stages, idleMs, idleTo, errors);
        return new JourneyPlan
        {
            Stages = names,
            StageHashes = [.. names.Select(name => StableHash.Of(name))],
            StageCodes = [.. names.Select(NameCode.Of)],
            Next = Transitions(definition.Journey, schema, names, errors),
            IdleMs = idleMs,
            IdleTo = idleTo,
            At = at,
        };
    }

    private static List<StageDefinition> Ordered(JourneyDefinition? journey, CompileErrors errors)
    {
        if (journey is null) return [Nowhere];
        var initial = errors.Slot(journey.Initial, [.. journey.Stages.Select(s => s.Name)], "journey.initial", "stage");
        if (initial < 0) return [Nowhere];
        return [journey.Stages[initial], .. journey.Stages.Where((_, i) => i != initial)];
    }

    private static short[] Transitions(
        JourneyDefinition? journey, EventSchema schema, List<string> stages, CompileErrors errors)
    {
        var next = new short[schema.Types.Count * stages.Count];
        Array.Fill(next, (short)-1);
        var types = schema.Types.Select(t => t.Name).ToList();
        for (var i = 0; journey is not null && i < journey.Transitions.Count; i++)
        {
            var (transition, path) = (journey.Transitions[i], $"journey.transitions[{i}]");
            var to = errors.Slot(transition.To, stages, $"{path}.to", "stage");
            var from = transition.From.Select(name => errors.Slot(name, stages, $"{path}.from", "stage")).ToList();
            if (transition.From.Count == 0) from = [.. Enumerable.Range(0, stages.Count)];
            foreach (var on in transition.On)
            {
                var type = errors.Slot(on, types, $"{path}.on", "event");
                if (type < 0 || to < 0) continue;
                foreach (var stage in from.Where(stage => stage >= 0)) Set(type * stages.Count + stage, to);
            }
        }
        return next;

        // The first transition that fits wins, as the file reads from top to bottom.
        void Set(int cell, int to)
        {
            if (next[cell] < 0) next[cell] = (short)to;
        }
    }

    private static void RefuseRings(List<StageDefinition> stages, long[] idleMs, int[] idleTo, CompileErrors errors)
    {
        for (var i = 0; i < stages.Count; i++)
        {
            var (stage, hops) = (i, 0);
            while (idleMs[stage] != long.MaxValue && hops++ <= stages.Count) stage = idleTo[stage];
            if (hops <= stages.Count) continue;
            errors.Add(stages[i].At, $"journey.stages.{stages[i].Name}.idleTo",
                "Idle stages lead round in a ring", "Let one of them be a stage without idleDays");
            return;
        }
    }
}
