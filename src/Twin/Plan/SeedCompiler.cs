using DToC.Twin.Definitions;
using DToC.Twin.Segments;

namespace DToC.Twin.Plan;

/// <summary>
/// Makes what is believed of segments the priors of their members: a seeded score is a group of its model's prior, so
/// that evidence of a customer's own outweighs it as it does any prior.
/// </summary>
internal sealed class SeedCompiler(IReadOnlyList<FeatureRead> features, CompileErrors errors)
{
    private static readonly Position Start = new(1, 1);

    /// <summary>
    /// The definition with a group for each seeded score, before the groups it has, as who stated a seed knew those;
    /// and what is believed, by segment.
    /// </summary>
    public (Definition Seeded, IReadOnlyDictionary<string, SegmentSeed> Seeds) Compile(
        Definition definition, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> stated)
    {
        var seeds = new Dictionary<string, SegmentSeed>(StringComparer.Ordinal);
        foreach (var (name, utf8) in stated)
        {
            var (seed, wrong) = SegmentSeed.Read(utf8.Span, name);
            foreach (var error in wrong)
                errors.Add(error.At, $"{PathOf(name)}.{error.Path}", error.Message, error.Remedy);
            if (seed is null) continue;
            seeds.Add(name, seed);
            List<string> known = [.. features.Select(feature => feature.Name)];
            foreach (var number in seed.Numbers.Keys)
                errors.Slot(new Named(number, Start), known, $"{PathOf(name)}.numbers", "feature");
            definition = With(definition, name, seed);
        }
        return (definition, seeds);
    }

    private Definition With(Definition definition, string name, SegmentSeed seed)
    {
        if (definition.Segments.FirstOrDefault(own => own.Name == name) is not { } segment)
        {
            errors.Add(Start, PathOf(name), $"There is no segment '{name}'", "Make it first, or take the seed away");
            return definition;
        }
        List<string> models = [.. definition.Models.Select(model => model.Name)];
        foreach (var (score, believed) in seed.Scores)
        {
            var path = $"{PathOf(name)}.scores.{score}";
            var slot = errors.Slot(new Named(score, Start), models, path, "model");
            if (slot < 0) continue;
            if (definition.Models[slot].Prior is not { } prior)
            {
                errors.Add(Start, path, $"The model '{score}' has no prior",
                    "Give it a \"prior\" in the definition, which says what counts as evidence against a belief; or "
                    + "leave the score out");
                continue;
            }
            var group = new PriorGroupDefinition(segment.Rule, believed.Mean);
            var model = definition.Models[slot] with { Prior = prior with { Groups = [group, .. prior.Groups] } };
            definition = definition with
            {
                Models = [.. definition.Models.Take(slot), model, .. definition.Models.Skip(slot + 1)],
            };
        }
        return definition;
    }

    private static string PathOf(string name) => $"seeds.{name}";
}
