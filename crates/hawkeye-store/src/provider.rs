//! One table for DataFusion: the batches in memory and the Parquet segments of a snapshot.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::union::UnionExec;

use crate::state::Snapshot;

#[derive(Debug)]
pub(crate) struct SnapshotTable {
    schema: SchemaRef,
    snapshot: Snapshot,
}

impl SnapshotTable {
    pub(crate) fn new(schema: SchemaRef, snapshot: Snapshot) -> Self {
        Self { schema, snapshot }
    }

    fn scan_segments(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut source = ParquetSource::new(Arc::clone(&self.schema));
        if let Some(filter) = conjunction(filters.to_vec()) {
            let schema = DFSchema::try_from(self.schema.as_ref().clone())?;
            source = source.with_predicate(state.create_physical_expr(filter, &schema)?);
        }
        let groups = state.config().target_partitions().max(1);
        let mut files: Vec<Vec<PartitionedFile>> = vec![Vec::new(); groups.min(self.snapshot.segments.len())];
        for (at, segment) in self.snapshot.segments.iter().enumerate() {
            let path = segment.path.canonicalize()?;
            let file = PartitionedFile::new(path.to_string_lossy(), segment.row.size_bytes);
            files[at % groups].push(file);
        }
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(files.into_iter().map(FileGroup::new).collect())
            .with_projection_indices(projection.cloned())?
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Filters skip row groups by their statistics; DataFusion applies them again to the rows.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let head = MemorySourceConfig::try_new_exec(
            std::slice::from_ref(&self.snapshot.batches),
            Arc::clone(&self.schema),
            projection.cloned(),
        )?;
        if self.snapshot.segments.is_empty() {
            return Ok(head);
        }
        let segments = self.scan_segments(state, projection, filters)?;
        if self.snapshot.batches.is_empty() {
            return Ok(segments);
        }
        UnionExec::try_new(vec![head, segments])
    }
}
