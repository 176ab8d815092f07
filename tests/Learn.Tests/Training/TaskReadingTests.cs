using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Tests.Training;

public class TaskReadingTests
{
    private static readonly Instant Until = new(1_000 * Instant.DayMs);

    private static readonly TwinPlan Retail = ((PlanCompilation.Compiled)TwinPlan.Load(
        PlanSource.Read(ShippedDefinitions.Find("retail")!.Value), "retail.jsonc")).Plan;

    [Theory]
    [InlineData(LearntKind.Trees, true)]
    [InlineData(LearntKind.BgNbd, false)]
    public void What_two_readings_of_a_task_have_of_a_moment_is_kept_once(LearntKind kind, bool hasRows)
    {
        var slot = Retail.FindModel("churn");
        var target = ModelTask.TargetOf(Retail, slot);
        var task = new ModelTask(Retail, slot, target, Retail.Models[slot].Reads);
        var needs = TaskReading.NeedsOf(kind);
        var graded = Reading(isGraded: true, null);
        var whole = Reading(isGraded: false, graded);
        var shared = whole.Cuts!.All.Intersect(graded.Cuts!.All).ToList();
        Assert.Equal(5, shared.Count);
        Assert.All(shared, cut => Assert.Same(graded.At(cut), whole.At(cut)));
        // Of purchase histories nothing but outcomes is asked for as of past moments, except to grade.
        Assert.All(graded.Cuts.Fit, cut => Assert.Equal(hasRows, graded.At(cut).HasRows));
        Assert.True(graded.At(graded.Cuts.Grade!.Value).HasRows);
        Assert.Equal(!hasRows, needs.HasFlag(ReadingNeeds.Everybody));

        TaskReading Reading(bool isGraded, TaskReading? of) => new(
            task, TimeCuts.Of(new Instant(0), Until, target!.HorizonMs, isGraded), Until, needs, of);
    }

    [Fact]
    public void Examples_without_rows_keep_their_outcomes()
    {
        var examples = new Examples(["orders"], hasRows: false);
        examples.Add(3, [5], 1, 0, 0.25);
        Assert.Equal((1, 1.0, 3), (examples.Count, examples.Outcomes[0], examples.Customers[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => examples.Row(0).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000_000)]
    public void More_customers_than_memory_holds_are_refused(long customers)
    {
        var options = new TrainingOptions { Customers = customers };
        Assert.Contains($"1 to {TrainingOptions.MostCustomers}", options.Validate(), StringComparison.Ordinal);
    }
}
