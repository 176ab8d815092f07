using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Rules;

namespace DToC.Twin.Segments;

/// <summary>
/// Finds out what the passing of time does to rules. A rule whose comparisons each set one feature of a known law
/// against a constant changes at moments that can be computed; whatever else time moves is left to the tick.
/// </summary>
internal sealed class TimingCompiler
{
    private readonly IReadOnlyList<FeatureRead> _features;
    private readonly bool[] _moves;

    public TimingCompiler(IReadOnlyList<FeatureRead> features, IReadOnlyList<ModelPlan> models, VectorLinks links)
    {
        _features = features;
        _moves = new bool[links.Numbers];
        (_moves[links.NowHour], _moves[links.NowWeekday]) = (true, true);
        // Features and models only refer to earlier ones.
        for (var slot = 0; slot < features.Count; slot++) _moves[slot] = Moves(features[slot]);
        for (var i = 0; i < models.Count; i++) _moves[links.FirstScore + i] = Moves(models[i]);
    }

    /// <summary>What time does to a rule.</summary>
    public RuleTiming Of(Expression rule)
    {
        List<Crossing> crossings = [];
        var code = rule.Code;
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i].Op is not (Op.LoadNumber or Op.LoadBoolean) || !_moves[code[i].Argument]) continue;
            if (CrossingAt(code, i) is not { } crossing) return new RuleTiming(TimingKind.Ticked, [], false);
            crossings.Add(crossing);
        }
        var readsStage = rule.TextsRead.Contains(VectorPlan.StageText) || ReadsStageCode(rule);
        var kind = readsStage || crossings.Count > 0 ? TimingKind.Computed : TimingKind.Still;
        return new RuleTiming(kind, crossings, readsStage || crossings.Exists(static c => c.ReadsStage));
    }

    /// <summary>A number, then a constant, then a comparison of the two; or the constant first.</summary>
    private Crossing? CrossingAt(ReadOnlySpan<Instruction> code, int load)
    {
        var slot = code[load].Argument;
        if (slot >= _features.Count || !Crossing.Follows(_features[slot])) return null;
        if (load + 2 < code.Length && code[load + 1].Op == Op.Constant && IsComparison(code[load + 2].Op))
            return Crossing.Of(_features[slot], code[load + 2].Op, code[load + 1].Constant);
        if (load > 0 && load + 1 < code.Length && code[load - 1].Op == Op.Constant && IsComparison(code[load + 1].Op)
            && !IsLanding(code, load))
        {
            return Crossing.Of(_features[slot], Mirrored(code[load + 1].Op), code[load - 1].Constant);
        }
        return null;
    }

    /// <summary>Whether a jump leads here: then what stands before is one of several values.</summary>
    private static bool IsLanding(ReadOnlySpan<Instruction> code, int place)
    {
        foreach (var step in code)
        {
            if (step.Op is >= Op.Jump and <= Op.JumpUnlessTrue && step.Argument == place) return true;
        }
        return false;
    }

    private static bool IsComparison(Op op) => op is >= Op.Less and <= Op.NotEqual;

    private static Op Mirrored(Op op) => op switch
    {
        Op.Less => Op.Greater,
        Op.LessOrEqual => Op.GreaterOrEqual,
        Op.Greater => Op.Less,
        Op.GreaterOrEqual => Op.LessOrEqual,
        _ => op,
    };

    private bool ReadsStageCode(Expression rule)
    {
        foreach (var slot in rule.NumbersRead)
        {
            if (slot < _features.Count && _features[slot].Kind == FeatureKind.Stage) return true;
        }
        return false;
    }

    private bool Moves(FeatureRead feature) => feature.Kind switch
    {
        FeatureKind.HourOfWeek => true,
        FeatureKind.PurchaseHistory => feature.Operand == 2,
        FeatureKind.Basket => feature.Part == 0 || feature.Part % 2 == 0,
        FeatureKind.Ratio => _moves[feature.Ratio.Numerator] || _moves[feature.Ratio.Denominator],
        FeatureKind.Expression => feature.Expression is { } rule && Moves(rule),
        // The code of the stage changes when the stage gives way; rules that read it are told so.
        FeatureKind.Stage => false,
        _ => Crossing.Follows(feature),
    };

    private bool Moves(ModelPlan model)
    {
        if (model is ModelPlan.OfFormula formula && Moves(formula.Expression)) return true;
        foreach (var slot in model.Reads)
        {
            if (_moves[slot] || IsStage(slot)) return true;
        }
        if (model.Prior is not { } prior) return false;
        return _moves[prior.Evidence] || prior.Groups.Any(group => Moves(group.When));
    }

    private bool Moves(Expression rule)
    {
        foreach (var slot in rule.NumbersRead)
        {
            if (_moves[slot] || IsStage(slot)) return true;
        }
        return rule.TextsRead.Contains(VectorPlan.StageText);
    }

    private bool IsStage(int slot) => slot < _features.Count && _features[slot].Kind == FeatureKind.Stage;
}
