using DToC.Twin.Models;
using DToC.Twin.Models.Pricing;

namespace DToC.Learn.Pricing;

/// <summary>
/// Fits the population of a <see cref="PriceSensitivity"/> by empirical Bayes: its mean, covariance and the noise are
/// those of the greatest likelihood with each customer's own beta integrated out, found by expectation and maximisation
/// (N. Laird and J. Ware, "Random-Effects Models for Longitudinal Data", Biometrics 38(4), 1982).
/// </summary>
public static class PriceSensitivityFit
{
    /// <summary>Most rounds.</summary>
    public const int MaxIterations = 5_000;

    /// <summary>A fit ends when a round adds less than this share to the log-likelihood.</summary>
    public const double Tolerance = 1e-12;

    /// <summary>Purchases beyond one a regressor, over all customers, that there must be to know the noise.</summary>
    public const int MinSpareRows = 10;

    /// <summary>Fits a population.</summary>
    /// <param name="inputs">Names of the sums, for the model.</param>
    /// <param name="customers">Their purchases; all have as many regressors.</param>
    /// <param name="cancellation">Ends the fit between two rounds.</param>
    public static PriceFit Of(
        IReadOnlyList<string> inputs, IReadOnlyList<DemandHistory> customers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(customers);
        var bought = customers.Where(c => c.Count > 0).ToList();
        if (bought.Count == 0) return new PriceFit.NotIdentified("No customer has a purchase.");
        var size = bought[0].Regressors;
        if (bought.Exists(c => c.Regressors != size))
            throw new ArgumentException("The customers do not all have as many regressors.", nameof(customers));
        if (bought.Count < 2 * size)
        {
            return new PriceFit.NotIdentified(
                $"{bought.Count} customers with purchases; how customers differ is seen from {2 * size} on.");
        }
        var spare = bought.Sum(c => Math.Max(0, c.Count - size));
        if (spare < MinSpareRows)
        {
            return new PriceFit.NotIdentified(
                $"{spare} purchases more than {size} a customer; the noise is seen from {MinSpareRows} on.");
        }
        var population = Population.Pooled(bought, size);
        return population is null
            ? new PriceFit.NotIdentified("Price or covariates do not move on their own: their effects are one.")
            : Climb(inputs, bought, population, cancellation);
    }

    private static PriceFit Climb(
        IReadOnlyList<string> inputs, List<DemandHistory> customers, Population population,
        CancellationToken cancellation)
    {
        var last = double.NegativeInfinity;
        for (var round = 1; ; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var before = population;
            var reached = population.Step(customers, out population);
            if (!double.IsFinite(reached) || !(population.NoiseVariance > 1e-12))
                return new PriceFit.NotIdentified("Every purchase is explained to the last digit: no noise is left.");
            var isConverged = reached - last < Tolerance * Math.Abs(reached);
            if (isConverged || round == MaxIterations)
                return new PriceFit.Fitted(before.ToModel(inputs, customers), reached, round, isConverged);
            last = reached;
        }
    }

    /// <summary>Mean and covariance of beta and the noise, as far as they are known in a round.</summary>
    private sealed class Population(int size)
    {
        private readonly double[] _mean = new double[size];
        private readonly double[] _covariance = new double[size * size];

        public double NoiseVariance { get; private set; }

        // All customers as one: least squares for the mean, and differences as wide as the residuals.
        public static Population? Pooled(List<DemandHistory> customers, int size)
        {
            var pooled = new Population(size);
            var factor = new double[size * size];
            var (squares, explained, count) = (0.0, 0.0, 0);
            foreach (var customer in customers)
            {
                Unpack(customer.Sums, size, factor, pooled._mean);
                squares += customer.SquaredLogQuantity;
                count += customer.Count;
            }
            var crossed = (double[])pooled._mean.Clone();
            if (!SmallCholesky.Factor(factor, size)) return null;
            SmallCholesky.Solve(factor, size, pooled._mean);
            for (var i = 0; i < size; i++) explained += pooled._mean[i] * crossed[i];
            pooled.NoiseVariance = Math.Max((squares - explained) / count, 1e-6);
            for (var i = 0; i < size; i++) pooled._covariance[i * size + i] = pooled.NoiseVariance;
            return pooled;
        }

        public PriceSensitivity ToModel(IReadOnlyList<string> inputs, List<DemandHistory> customers) =>
            new(inputs, _mean, _covariance, NoiseVariance, MeanCovariance(customers));

        /// <summary>One round; returns the log-likelihood of this population and makes the next.</summary>
        public double Step(List<DemandHistory> customers, out Population next)
        {
            next = new Population(size);
            var (precision, logCovariance) = Inverse(_covariance);
            var moments = new Moments(size);
            var (logLikelihood, count, residuals) = (0.0, 0, 0.0);
            foreach (var customer in customers)
            {
                moments.Take(customer, _mean, precision, NoiseVariance);
                logLikelihood += moments.LogLikelihood - logCovariance / 2;
                residuals += moments.Residuals;
                count += customer.Count;
                for (var i = 0; i < size; i++) next._mean[i] += _mean[i] + moments.Shift[i];
                for (var i = 0; i < size * size; i++)
                    next._covariance[i] += moments.Variance[i] + moments.Shift[i / size] * moments.Shift[i % size];
            }
            var drift = new double[size];
            for (var i = 0; i < size; i++)
            {
                next._mean[i] /= customers.Count;
                drift[i] = next._mean[i] - _mean[i];
            }
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var value = next._covariance[i * size + j] / customers.Count - drift[i] * drift[j];
                    next._covariance[i * size + j] = next._covariance[j * size + i] = value;
                }
            }
            next.NoiseVariance = residuals / count;
            return logLikelihood;
        }

        // Of the mean as generalised least squares have it, given covariance and noise: the inverse of the sum over
        // customers of R' (R covariance R' + noise)^-1 R (ibid., equation 3.4), which is A V precision with
        // A = R'R / noise and V = (A + precision)^-1. None where the purchases leave a part of the mean open.
        private double[] MeanCovariance(List<DemandHistory> customers)
        {
            var (precision, _) = Inverse(_covariance);
            var moments = new Moments(size);
            var information = new double[size * size];
            foreach (var customer in customers)
            {
                moments.Take(customer, _mean, precision, NoiseVariance);
                moments.AddInformation(precision, NoiseVariance, information);
            }
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var both = (information[i * size + j] + information[j * size + i]) / 2;
                    information[i * size + j] = information[j * size + i] = both;
                }
            }
            var (inverse, logDeterminant) = Inverse(information);
            if (!double.IsFinite(logDeterminant)) return [];
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                    information[i * size + j] = (inverse[i * size + j] + inverse[j * size + i]) / 2;
            }
            return information;
        }

        private (double[] Inverse, double LogDeterminant) Inverse(double[] matrix)
        {
            var factor = (double[])matrix.Clone();
            if (!SmallCholesky.Factor(factor, size)) return (matrix, double.NaN);
            var inverse = new double[size * size];
            for (var i = 0; i < size; i++)
            {
                inverse[i * size + i] = 1;
                SmallCholesky.Solve(factor, size, inverse.AsSpan(i * size, size));
            }
            return (inverse, SmallCholesky.LogDeterminant(factor, size));
        }
    }

    /// <summary>What a customer's purchases say of their beta, given the population.</summary>
    private sealed class Moments(int size)
    {
        private readonly double[] _products = new double[size * size];
        private readonly double[] _factor = new double[size * size];
        private readonly double[] _surprise = new double[size];

        /// <summary>Posterior mean of beta less the population's.</summary>
        public double[] Shift { get; } = new double[size];

        /// <summary>Posterior covariance of beta.</summary>
        public double[] Variance { get; } = new double[size * size];

        /// <summary>Expected sum of squared residuals around the customer's own beta.</summary>
        public double Residuals { get; private set; }

        /// <summary>Of the purchases, but for half the logarithm of the population's determinant.</summary>
        public double LogLikelihood { get; private set; }

        public void Take(DemandHistory customer, double[] mean, double[] precision, double noise)
        {
            Array.Clear(_products);
            Array.Clear(_surprise);
            Unpack(customer.Sums, size, _products, _surprise);
            // Around the population's line: y - R mean in place of y.
            var squares = customer.SquaredLogQuantity;
            for (var i = 0; i < size; i++)
            {
                squares -= mean[i] * _surprise[i];
                for (var j = 0; j < size; j++) _surprise[i] -= _products[i * size + j] * mean[j];
                squares -= mean[i] * _surprise[i];
            }
            for (var i = 0; i < size * size; i++) _factor[i] = _products[i] / noise + precision[i];
            if (!SmallCholesky.Factor(_factor, size))
            {
                LogLikelihood = double.NaN;
                return;
            }
            for (var i = 0; i < size; i++) Shift[i] = _surprise[i] / noise;
            SmallCholesky.Solve(_factor, size, Shift);
            Array.Clear(Variance);
            for (var i = 0; i < size; i++)
            {
                Variance[i * size + i] = 1;
                SmallCholesky.Solve(_factor, size, Variance.AsSpan(i * size, size));
            }
            Weigh(customer.Count, squares, noise);
        }

        /// <summary>Adds what the customer taken last says of the population's mean: A V precision.</summary>
        public void AddInformation(double[] precision, double noise, double[] information)
        {
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    var known = 0.0;
                    for (var k = 0; k < size; k++) known += _products[i * size + k] * Variance[k * size + j] / noise;
                    for (var k = 0; k < size; k++) information[i * size + k] += known * precision[j * size + k];
                }
            }
        }

        private void Weigh(int count, double squares, double noise)
        {
            var (explained, fitted, spread) = (0.0, 0.0, 0.0);
            for (var i = 0; i < size; i++)
            {
                explained += Shift[i] * _surprise[i];
                for (var j = 0; j < size; j++)
                {
                    fitted += Shift[i] * _products[i * size + j] * Shift[j];
                    spread += _products[i * size + j] * Variance[i * size + j];
                }
            }
            Residuals = Math.Max(0, squares - 2 * explained + fitted) + spread;
            LogLikelihood = -0.5 * (count * Math.Log(2 * Math.PI * noise) + (squares - explained) / noise
                + SmallCholesky.LogDeterminant(_factor, size));
        }
    }

    // Adds a customer's sums to the full matrix R'R and the vector R'y.
    private static void Unpack(ReadOnlySpan<double> sums, int size, double[] products, double[] crossed)
    {
        var at = 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = i; j < size; j++, at++)
            {
                products[i * size + j] += sums[at];
                if (j != i) products[j * size + i] += sums[at];
            }
        }
        for (var i = 0; i < size; i++) crossed[i] += sums[at + i];
    }
}
