using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Models;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>
/// Turns a definition's names into slots and its rules into code, once. All errors are collected, each at the place
/// where the name or rule was written.
/// </summary>
internal static class PlanCompiler
{
    public static PlanCompilation Compile(Definition definition, PlanSource source, string file)
    {
        var errors = new CompileErrors(file);
        var consent = ConsentCompiler.Compile(definition, errors);
        var schema = EventSchemaCompiler.Compile(
            definition, Zone(definition, errors), new ScorerCompiler(source.Lexicons, errors), errors);
        if (errors.Any) return new PlanCompilation.Invalid(errors.All);

        var slots = new SlotAllocator();
        slots.Longs("events", SlotUnion.Add); // StateLayout.EventCount, FirstAt and LastAt are the first three slots
        slots.Longs("firstAt", SlotUnion.Min);
        slots.Longs("lastAt", SlotUnion.Max);
        var features = new FeatureCompiler(FittedLevels.In(definition, source.Models), schema, slots, errors);
        features.Ask();
        var triggers = new TriggerCompiler(definition, schema, slots, errors);
        triggers.Ask();
        var stage = slots.Ordered(
            "stage|" + JourneyCompiler.Signature(definition), [0, TouchpointEvent.Missing, TouchpointEvent.Missing]);
        var context = slots.Ordered("context", [], bytes: ContextKeys.Count * FoldPlan.ContextStride);
        var layout = slots.Allocate();
        if (errors.Any) return new PlanCompilation.Invalid(errors.All);

        var written = features.Write(layout, triggers.LatestSteps);
        var links = new VectorLinks(definition, schema);
        var linked = features.Link(links);
        var (seeded, seeds) = new SeedCompiler(linked, errors).Compile(definition, source.Seeds);
        var models = new ModelCompiler(links, consent, source.Models, errors).Compile(seeded);
        for (var type = 0; type < schema.Types.Count; type++)
            Rest(slots, written.Commutative[type].Concat(written.Ordered[type]), schema.Types[type].Category);
        slots.Rest(slots.At(stage), links.JourneyCategories);
        slots.Rest(slots.At(context), links.EventCategories);
        var journey = JourneyCompiler.Compile(definition, schema, slots.At(stage).Longs, errors);
        var segmentation = new SegmentCompiler(definition, links, consent, errors).Compile(linked, models);
        var decisions = new DecisionCompiler(definition, links, consent, errors).Compile(triggers);
        var simulation = new SimulationCompiler(definition, links, consent, models, linked, schema, errors)
            .Compile(decisions);
        if (errors.Any) return new PlanCompilation.Invalid(errors.All);

        var turn = RuleNeeds.Of(
            linked, models, links.Numbers, links.TextNames.Length,
            [.. decisions.Triggers.Select(t => t.When), .. segmentation.Segments.Select(s => s.Rule)]);
        return new PlanCompilation.Compiled(new TwinPlan(source)
        {
            ModelsHash = ModelVersions.HashOf(models),
            Definition = definition,
            Events = schema,
            Layout = layout,
            Consent = consent,
            Models = [.. models],
            Segmentation = segmentation,
            Seeds = seeds,
            Decisions = decisions,
            Simulation = simulation,
            ModelsOfTurn = turn.Models,
            FeaturesOfTurn = turn.Features,
            TextsOfTurn = turn.Texts,
            Vector = Vector(links, linked, schema.Personas),
            Fold = Fold(definition, schema, features, written, journey, slots.At(context).Bytes),
        });
    }

    private static FoldPlan Fold(
        Definition definition, EventSchema schema, FeatureCompiler features,
        (FoldStep[][] Commutative, FoldStep[][] Ordered, int[] DecayOf) written, JourneyPlan journey,
        int contextAt) => new()
    {
        Commutative = written.Commutative,
        Ordered = written.Ordered,
        HalfLivesMs = features.HalfLivesMs,
        DecayOf = written.DecayOf,
        Weights = features.Weights,
        EventCodes = [.. schema.Types.Select(type => (long)NameCode.Of(type.Name))],
        Levels = features.Levels,
        Bursts = features.Bursts,
        Journey = journey,
        ContextAt = contextAt,
        SessionGapMs = definition.SessionGapMinutes * 60_000L,
        LocalTime = schema.Personas.LocalTime,
    };

    private static void Rest(SlotAllocator slots, IEnumerable<FoldStep> steps, int category)
    {
        foreach (var step in steps) slots.Rest(step.At, 1UL << category);
    }

    private static TimeZoneInfo Zone(Definition definition, CompileErrors errors)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(definition.TimeZone.Name, out var zone)) return zone;
        errors.Add(definition.TimeZone.At, "timeZone",
            $"There is no time zone '{definition.TimeZone.Name}' on this machine",
            "Give an IANA name such as Europe/Vienna, or UTC");
        return TimeZoneInfo.Utc;
    }

    private static VectorPlan Vector(VectorLinks links, FeatureRead[] features, PersonaSchema personas) => new()
    {
        Symbols = links.Symbols,
        PersonaText = links.PersonaText,
        PersonaHashes = [.. personas.Names.Select(name => StableHash.Of(name))],
        Features = features,
        TokenFeatures = [.. features.Where(f => f.TextSlot >= 0)],
        FirstScore = links.FirstScore,
        NowHour = links.NowHour,
        NowWeekday = links.NowWeekday,
        AttributeNumbers = links.AttributeNumbers,
        AttributeTexts = links.AttributeTexts,
        AttributeCategories = links.AttributeCategories,
        Numbers = links.Numbers,
        Texts = links.TextNames.Length,
        NumberCategories = links.NumberCategories,
        TextCategories = links.TextCategories,
        EventCategories = links.EventCategories,
        NumberNames = links.NumberNames,
        TextNames = links.TextNames,
    };
}
