using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Plan;

public class ShippedDefinitionTests
{
    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.GetFiles(SharedFolder.InProject("definitions"), "*.jsonc")
            .Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileName(file));
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Definition_that_ships_compiles(string file)
    {
        var source = File.ReadAllBytes(Path.Combine(SharedFolder.InProject("definitions"), file));

        var result = TwinPlan.Load(source, file);

        if (result is PlanCompilation.Invalid invalid) Assert.Fail(string.Join('\n', invalid.Errors));
        var plan = Assert.IsType<PlanCompilation.Compiled>(result).Plan;
        Assert.NotEmpty(plan.Vector.Features);
        Assert.All(plan.Vector.NumberNames, name => Assert.False(string.IsNullOrEmpty(name)));
    }
}
