using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Plan;

/// <summary>
/// The levels that twins fold, with the numbers of the satisfaction models that were fitted to them. A level and its
/// model are one filter: where the answers were followed by other numbers than those that read them, what comes of it
/// is neither's.
/// </summary>
internal static class FittedLevels
{
    /// <summary>The definition, each level that a fitted model reads with that model's numbers.</summary>
    /// <param name="definition">As it was written.</param>
    /// <param name="fitted">Fitted models, by name. One that cannot be used is told where models are
    /// compiled.</param>
    public static Definition In(Definition definition, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> fitted)
    {
        var filters = new Dictionary<string, SatisfactionFilter>(StringComparer.Ordinal);
        foreach (var model in definition.Models)
        {
            if (model.Form is not (ModelForm.Satisfaction or ModelForm.ToBeFitted)) continue;
            if (!fitted.TryGetValue(model.Name, out var stored) || Read(stored) is not { } read) continue;
            filters.TryAdd(read.Inputs[0], read.Filter);
        }
        if (filters.Count == 0) return definition;
        var mean = FeatureCompiler.PartsOf(FeatureKind.LatentLevel)[0];
        return definition with
        {
            Features =
            [
                .. definition.Features.Select(feature =>
                    feature.Level is { } level && filters.TryGetValue(feature.Name + mean, out var filter)
                        ? feature with { Level = With(level, filter) }
                        : feature),
            ],
        };
    }

    private static LevelDefinition With(LevelDefinition level, SatisfactionFilter filter) => level with
    {
        Mean = filter.Mean,
        Variance = filter.Variance,
        DriftPerDay = filter.DriftPerDay,
        ReversionPerDay = filter.ReversionPerDay,
        Answers = [.. level.Answers.Select(answer => answer with { Answer = filter.Answers[(int)answer.Scale] })],
    };

    private static SatisfactionModel? Read(ReadOnlyMemory<byte> stored)
    {
        try
        {
            return ModelFile.Read(stored).Model as SatisfactionModel;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
