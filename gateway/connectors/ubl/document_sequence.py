"""The order in which UBL writes the children of its documents and of their lines.

Notes
-----
Source: OASIS UBL 2.5 schemas, whose sequences contain those of 2.0 to 2.4, without the aggregate
BuyerReference of 2.5, which has the name of an earlier basic element.
"""

from __future__ import annotations

from typing import Final

DOCUMENT_SEQUENCES: Final = """
Order: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID SalesOrderID
    CopyIndicator UUID IssueDate IssueTime OrderTypeCode Note RequestedInvoiceCurrencyCode
    DocumentCurrencyCode PricingCurrencyCode TaxCurrencyCode CustomerReference
    AccountingCostCode AccountingCost LineCountNumeric ValidityPeriod QuotationDocumentReference
    OrderDocumentReference OriginatorDocumentReference CatalogueReference
    AdditionalDocumentReference Contract ProjectReference Signature BuyerCustomerParty
    SellerSupplierParty OriginatorCustomerParty BeneficiaryParty FreightForwarderParty
    AccountingCustomerParty Delivery DeliveryTerms PaymentMeans PaymentTerms
    TransactionConditions AllowanceCharge TaxExchangeRate PricingExchangeRate
    PaymentExchangeRate DestinationCountry TaxTotal AnticipatedMonetaryTotal OrderLine
OrderResponse: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    SalesOrderID CopyIndicator UUID IssueDate IssueTime OrderResponseCode Note
    DocumentCurrencyCode PricingCurrencyCode TaxCurrencyCode TotalPackagesQuantity
    GrossWeightMeasure NetWeightMeasure NetNetWeightMeasure GrossVolumeMeasure NetVolumeMeasure
    CustomerReference AccountingCostCode AccountingCost LineCountNumeric ValidityPeriod
    OrderReference OrderDocumentReference OrderChangeDocumentReference
    OriginatorDocumentReference AdditionalDocumentReference Contract Signature
    SellerSupplierParty BuyerCustomerParty OriginatorCustomerParty BeneficiaryParty
    FreightForwarderParty AccountingSupplierParty AccountingCustomerParty Delivery DeliveryTerms
    PaymentMeans PaymentTerms AllowanceCharge TransactionConditions TaxExchangeRate
    PricingExchangeRate PaymentExchangeRate DestinationCountry TaxTotal LegalMonetaryTotal
    OrderLine
OrderChange: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    SalesOrderID CopyIndicator UUID IssueDate IssueTime SequenceNumberID Note
    RequestedInvoiceCurrencyCode DocumentCurrencyCode PricingCurrencyCode TaxCurrencyCode
    CustomerReference AccountingCostCode AccountingCost LineCountNumeric ValidityPeriod
    OrderReference QuotationDocumentReference OriginatorDocumentReference
    AdditionalDocumentReference Contract Signature BuyerCustomerParty SellerSupplierParty
    OriginatorCustomerParty BeneficiaryParty FreightForwarderParty AccountingCustomerParty
    AccountingSupplierParty Delivery DeliveryTerms PaymentMeans PaymentTerms
    TransactionConditions AllowanceCharge TaxExchangeRate PricingExchangeRate
    PaymentExchangeRate DestinationCountry TaxTotal AnticipatedMonetaryTotal OrderLine
OrderCancellation: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    CopyIndicator UUID IssueDate IssueTime Note CancellationNote OrderReference
    OriginatorDocumentReference AdditionalDocumentReference Contract Signature
    BuyerCustomerParty SellerSupplierParty OriginatorCustomerParty BeneficiaryParty
OrderResponseSimple: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    CopyIndicator UUID IssueDate IssueTime Note AcceptedIndicator RejectionNote
    CustomerReference AccountingCostCode AccountingCost OrderReference
    OrderChangeDocumentReference AdditionalDocumentReference Signature SellerSupplierParty
    BuyerCustomerParty OriginatorCustomerParty BeneficiaryParty AccountingSupplierParty
    AccountingCustomerParty
DespatchAdvice: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    CopyIndicator UUID IssueDate IssueTime DocumentStatusCode DespatchAdviceTypeCode Note
    AccountingCostCode AccountingCost LineCountNumeric OrderReference ProjectReference
    AdditionalDocumentReference Signature DespatchSupplierParty DeliveryCustomerParty
    BuyerCustomerParty SellerSupplierParty OriginatorCustomerParty BeneficiaryParty Shipment
    DespatchLine
ReceiptAdvice: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    CopyIndicator UUID IssueDate IssueTime DocumentStatusCode ReceiptAdviceTypeCode
    DeliveryAcceptanceCode RejectReasonCode RejectReason RejectActionCode Note LineCountNumeric
    OrderReference DespatchDocumentReference AdditionalDocumentReference Signature
    DeliveryCustomerParty DespatchSupplierParty BuyerCustomerParty SellerSupplierParty Shipment
    ReceiptLine
Invoice: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    CopyIndicator UUID IssueDate IssueTime DueDate InvoiceTypeCode Note TaxPointDate
    DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode
    PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric
    BuyerReference DefaultLanguageCode InvoicePeriod OrderReference BillingReference
    DespatchDocumentReference DeliveryNoteDocumentReference WorkReportDocumentReference
    ReceiptDocumentReference StatementDocumentReference OriginatorDocumentReference
    ContractDocumentReference AdditionalDocumentReference ProjectReference PurchaseReference
    Annotation Signature AccountingSupplierParty AccountingCustomerParty PayeeParty
    BuyerCustomerParty SellerSupplierParty OriginatorCustomerParty BeneficiaryParty
    TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms PrepaidPayment
    AllowanceCharge TaxExchangeRate PricingExchangeRate PaymentExchangeRate
    PaymentAlternativeExchangeRate TaxTotal WithholdingTaxTotal LegalMonetaryTotal
    CollectionInvoiceLine InvoiceLine
CreditNote: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID
    CopyIndicator UUID IssueDate IssueTime DueDate TaxPointDate CreditNoteTypeCode Note
    DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode
    PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric
    BuyerReference DefaultLanguageCode InvoicePeriod DiscrepancyResponse OrderReference
    BillingReference DespatchDocumentReference DeliveryNoteDocumentReference
    WorkReportDocumentReference ReceiptDocumentReference ContractDocumentReference
    AdditionalDocumentReference StatementDocumentReference OriginatorDocumentReference
    ProjectReference PurchaseReference Annotation Signature AccountingSupplierParty
    AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty
    TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms TaxExchangeRate
    PricingExchangeRate PaymentExchangeRate PaymentAlternativeExchangeRate AllowanceCharge
    TaxTotal WithholdingTaxTotal LegalMonetaryTotal CollectionCreditNoteLine CreditNoteLine
Catalogue: UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID UUID
    ActionCode Name IssueDate IssueTime RevisionDate RevisionTime Note Description VersionID
    PreviousVersionID LineCountNumeric ValidityPeriod ReferencedContract
    SourceCatalogueReference DocumentReference Signature ProviderParty ReceiverParty
    SellerSupplierParty ContractorCustomerParty TradingTerms CatalogueLine
DespatchLine: UBLExtensions ID UUID Note LineStatusCode DeliveredQuantity BackorderQuantity
    BackorderReason OutstandingQuantity OutstandingReason OversupplyQuantity AccountingCostCode
    AccountingCost OrderLineReference DocumentReference Item Shipment SubDespatchLine
ReceiptLine: UBLExtensions ID UUID Note ReceivedQuantity ShortQuantity ShortageActionCode
    RejectedQuantity RejectReasonCode RejectReason RejectActionCode QuantityDiscrepancyCode
    OversupplyQuantity ReceivedDate ReceivedTime TimingComplaintCode TimingComplaint
    OrderLineReference DespatchLineReference DocumentReference Item Shipment
InvoiceLine: UBLExtensions ID UUID Note InvoicedQuantity LineExtensionAmount
    TaxInclusiveLineExtensionAmount TaxPointDate AccountingCostCode AccountingCost
    PaymentPurposeCode FreeOfChargeIndicator InvoicePeriod OrderLineReference
    DespatchLineReference ReceiptLineReference WorkReportLineReference BillingReference
    DocumentReference PricingReference PurchaseReference OriginatorParty BeneficiaryParty
    CollectedForParty Delivery PaymentTerms AllowanceCharge TaxTotal WithholdingTaxTotal Item
    Price DeliveryTerms SubInvoiceLine ItemPriceExtension
CreditNoteLine: UBLExtensions ID UUID Note CreditedQuantity LineExtensionAmount
    TaxInclusiveLineExtensionAmount TaxPointDate AccountingCostCode AccountingCost
    PaymentPurposeCode FreeOfChargeIndicator InvoicePeriod OrderLineReference
    DiscrepancyResponse DespatchLineReference ReceiptLineReference WorkReportLineReference
    BillingReference DocumentReference PricingReference PurchaseReference OriginatorParty
    BeneficiaryParty CollectedForParty Delivery PaymentTerms TaxTotal WithholdingTaxTotal
    AllowanceCharge Item Price DeliveryTerms SubCreditNoteLine ItemPriceExtension
CatalogueLine: UBLExtensions ID ActionCode LifeCycleStatusCode ContractSubdivision Note
    OrderableIndicator OrderableUnit ContentUnitQuantity OrderQuantityIncrementNumeric
    MinimumOrderQuantity MaximumOrderQuantity WarrantyInformation PackLevelCode
    ContractorCustomerParty SellerSupplierParty WarrantyParty WarrantyValidityPeriod
    LineValidityPeriod ItemComparison ComponentRelatedItem AccessoryRelatedItem
    RequiredRelatedItem ReplacementRelatedItem ComplementaryRelatedItem ReplacedRelatedItem
    RequiredItemLocationQuantity DocumentReference Item KeywordItemProperty
    CallForTendersLineReference CallForTendersDocumentReference
"""
